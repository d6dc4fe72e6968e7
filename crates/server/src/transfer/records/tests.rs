//! Tables of files and the rows found in them, and the `csv` crate as the judge of well-formed ones.

use super::*;
use proptest::prelude::*;

fn scan(format: Format, delimiter: u8, bytes: &[u8], size: usize) -> Vec<Row> {
    let mut scanner = Scanner::new(format, delimiter);
    let mut rows = Vec::new();
    for piece in bytes.chunks(size.max(1)) {
        scanner.input().extend_from_slice(piece);
        rows.extend(std::iter::from_fn(|| scanner.next_row()));
    }
    scanner.end();
    rows.extend(std::iter::from_fn(|| scanner.next_row()));
    rows
}

/// One line per row: its number and its fields, or the code of its problem.
fn told(rows: &[Row]) -> String {
    let line = |row: &Row| match &row.content {
        Content::Fields(fields) => format!("{} {}", row.number, fields.join("|")),
        Content::Json(value) => format!("{} {value}", row.number),
        Content::Unreadable { problem, text } => format!("{} !{} {text}", row.number, problem.code),
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

#[track_caller]
fn check_as(format: Format, bytes: &[u8], expected: &str) {
    for size in 1..=bytes.len().max(1) {
        assert_eq!(told(&scan(format, b',', bytes, size)), expected, "in pieces of {size}");
    }
}

#[test]
fn records() {
    check(b"a,b\n1,2\n", "1 a|b\n2 1|2");
    check(b"a,b\r\n1,2", "1 a|b\n2 1|2");
    check(b"a,b\r1,2\r", "1 a|b\n2 1|2");
    check(b"a\n\n\nb\n", "1 a\n4 b");
    check(b"a,\n,b\n,\n", "1 a|\n2 |b\n3 |");
    check(b"\"a,\"\"b\"\"\",\"\"\n", "1 a,\"b\"|");
    check(b"\"a\nb\",c\nd,e", "1 a\nb|c\n2 d|e");
    check(b"\"a\"", "1 a");
    check(b"", "");

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        check_as(Format::Csv, bytes, expected);
    }
}

#[test]
fn broken_rows_cost_only_themselves() {
    check(b"a,b\n1,\"x\n2,y\n", "1 a|b\n2 !broken_row 1,\"x\n3 2|y");
    check(b"a,b\n1,\"x\n2,\"y\"\n3,z\n", "1 a|b\n2 !broken_row 1,\"x\n3 2|y\n4 3|z");
    check(b"1,\"x\"y\n2,z\n", "1 !broken_row 1,\"x\"y\n2 2|z");
    check(b"1,x\"y\"\r\n2,z\r\n", "1 !broken_row 1,x\"y\"\n2 2|z");
    check(b"1,\"x", "1 !broken_row 1,\"x");
    check(b"1,x\xe4\n2,y\n", "1 !encoding 1, x\u{fffd}\n2 2|y");
    check(b"1,x\0\n2,y\n", "1 !nul 1, x\0\n2 2|y");

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        check_as(Format::Csv, bytes, expected);
    }
}

#[test]
fn a_broken_row_names_its_line() {
    let rows = scan(Format::Csv, b',', b"a\n\"b\nb\"\n\"c\n", 1_000);
    let Content::Unreadable { problem, .. } = &rows[2].content else { panic!("{rows:?}") };
    assert_eq!((rows[2].number, problem.message.as_str()), (3, "the row that begins on line 4 has a quote that is never closed"));
}

#[test]
fn a_row_without_end_is_given_up_and_the_next_is_read() {
    let long = "x".repeat(ROW_BYTES_MAX + 10);
    for opening in ["", "\""] {
        let file = format!("1,{opening}{long}\n2,y\n");
        for size in [file.len(), 4_096 * 7] {
            let rows = scan(Format::Csv, b',', file.as_bytes(), size);
            assert!(matches!(rows[0].content, Content::Unreadable { .. }));
            assert_eq!(told(&rows[1..]), "2 2|y");
        }
    }
    let rows = scan(Format::Ndjson, b',', format!("{long}\n{{}}\n").as_bytes(), 65_536);
    assert_eq!(told(&rows[1..]), "2 {}");
}

#[test]
fn lines() {
    check(b"{\"a\":1}\n\n{\"b\":2}", "1 {\"a\":1}\n3 {\"b\":2}");
    check(b"{\"a\":1\n[1]\r\n{}\r\n", "1 !malformed {\"a\":1\n2 !invalid [1]\n3 {}");
    check(b"{\"a\":\"\\u0000\"}\n{\"a\":\"\xe4\"}\n", "1 !nul {\"a\":\"\\u0000\"}\n2 !encoding {\"a\":\"\u{fffd}\"}");

    #[track_caller]
    fn check(bytes: &[u8], expected: &str) {
        check_as(Format::Ndjson, bytes, expected);
    }
}

#[test]
fn delimiters() {
    check("a,b,c", b',');
    check("a;b;c,d\n1,2,3,4,5", b';');
    check("a\tb", b'\t');
    check("a|b", b'|');
    check("\"a,b,c\";d", b';');
    check("a", b',');
    check("a,b;c", b',');

    #[track_caller]
    fn check(start: &str, delimiter: u8) {
        assert_eq!(char::from(detect_delimiter(start.as_bytes())), char::from(delimiter));
    }
}

proptest! {
    /// What the `csv` crate writes is read as it was meant, in pieces of any size.
    #[test]
    fn well_formed_files_are_read_as_written(
        rows in prop::collection::vec(prop::collection::vec("[a-c,;\"\r\n ä]{0,5}", 2..4), 1..6),
        size in 1_usize..40,
    ) {
        let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(Vec::new());
        for row in &rows {
            writer.write_record(row).unwrap();
        }
        let file = writer.into_inner().unwrap();
        let found: Vec<Content> = scan(Format::Csv, b',', &file, size).into_iter().map(|row| row.content).collect();
        let meant: Vec<Content> = rows.into_iter().map(Content::Fields).collect();
        prop_assert_eq!(found, meant);
    }

    /// Whatever the bytes and however they are cut, the same rows are found.
    #[test]
    fn the_size_of_the_pieces_does_not_matter(bytes in prop::collection::vec(prop::sample::select(b"a,\"\r\n\xe4".to_vec()), 0..40), size in 1_usize..9) {
        prop_assert_eq!(scan(Format::Csv, b',', &bytes, size), scan(Format::Csv, b',', &bytes, bytes.len()));
    }
}
