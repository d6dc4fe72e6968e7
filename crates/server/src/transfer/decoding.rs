//! Bytes of any encoding as UTF-8, piece by piece. A byte that has no meaning in the encoding of the file stays a byte that
//! has none in UTF-8, so that whoever knows the row it stands in can report it.

use encoding_rs::{Decoder, DecoderResult, Encoding, UTF_8};

/// A byte that never occurs in UTF-8: stands for what could not be decoded.
const UNDECODABLE: u8 = 0xff;
/// The longest byte order mark.
const MARK_BYTES: usize = 3;

/// Turns the pieces of a file into UTF-8. A byte order mark decides and is left out; without one the named encoding
/// counts, and without that the file is taken for UTF-8.
pub struct Decoding {
    named: &'static Encoding,
    state: State,
}

enum State {
    /// The first bytes, until it is known whether they are a byte order mark.
    Start(Vec<u8>),
    /// Passed through as they are.
    Utf8,
    Other(Box<Decoder>),
}

/// The encoding of this name, as browsers know it (`utf-8`, `utf-16le`, `windows-1252`, `iso-8859-1`, …).
pub fn encoding(name: &str) -> Option<&'static Encoding> {
    Encoding::for_label_no_replacement(name.as_bytes())
}

impl Decoding {
    pub fn new(named: Option<&'static Encoding>) -> Decoding {
        Decoding { named: named.unwrap_or(UTF_8), state: State::Start(Vec::new()) }
    }

    /// Appends a piece to `out`; `last` says that no other follows.
    pub fn feed(&mut self, piece: &[u8], last: bool, out: &mut Vec<u8>) {
        match &mut self.state {
            State::Start(first) => {
                first.extend_from_slice(piece);
                if MARK_BYTES <= first.len() || last {
                    let first = std::mem::take(first);
                    let (encoding, mark) = Encoding::for_bom(&first).unwrap_or((self.named, 0));
                    self.state = match encoding == UTF_8 {
                        true => State::Utf8,
                        false => State::Other(Box::new(encoding.new_decoder_without_bom_handling())),
                    };
                    self.feed(&first[mark..], last, out);
                }
            }
            State::Utf8 => out.extend_from_slice(piece),
            State::Other(decoder) => decode(decoder, piece, last, out),
        }
    }
}

fn decode(decoder: &mut Decoder, piece: &[u8], last: bool, out: &mut Vec<u8>) {
    let mut rest = piece;
    loop {
        // A bound that overflows would need a piece of half the address space.
        let room = decoder.max_utf8_buffer_length_without_replacement(rest.len()).unwrap_or(rest.len());
        let from = out.len();
        out.resize(from + room, 0);
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut out[from..], last);
        out.truncate(from + written);
        rest = &rest[read..];
        match result {
            DecoderResult::InputEmpty => return,
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(..) => out.push(UNDECODABLE),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encodings() {
        check(b"a\xc3\xa4", None, "aä".as_bytes());
        check(b"\xef\xbb\xbfa", None, b"a");
        check(b"\xef\xbb\xbfa", Some("windows-1252"), b"a");
        check(b"a\xe4\x80", Some("windows-1252"), "aä€".as_bytes());
        check(b"a\xe4", Some("iso-8859-1"), "aä".as_bytes());
        check(b"\xff\xfea\0\xe4\0", None, "aä".as_bytes());
        check(b"\xfe\xff\0a\0\xe4", None, "aä".as_bytes());
        check(b"a\0\xe4\0", Some("utf-16le"), "aä".as_bytes());
        check(b"a\xe4b", None, b"a\xe4b");
        check(b"\xff\xfea\0\x00\xd8b\0", None, b"a\xffb");
        check(b"\xff\xfea\0b", None, b"a\xff");
        check(b"", None, b"");
        check(b"\xef\xbb", None, b"\xef\xbb");

        #[track_caller]
        fn check(bytes: &[u8], named: Option<&str>, decoded: &[u8]) {
            for size in 1..=bytes.len().max(1) {
                let mut decoding = Decoding::new(named.map(|name| encoding(name).unwrap()));
                let mut out = Vec::new();
                bytes.chunks(size).for_each(|piece| decoding.feed(piece, false, &mut out));
                decoding.feed(&[], true, &mut out);
                assert_eq!(out, decoded, "in pieces of {size}");
            }
        }
    }

    #[test]
    fn unknown_names() {
        assert!(encoding("latin-klingon").is_none());
        assert!(encoding("iso-2022-cn").is_none());
    }
}
