//! Every difference between the databases, and the only place that has one. A statement is written once, with tokens in
//! braces; [`Dialect::translate`] fills them in. An unknown token is a fault of ours and shows as an error when prepared.
//!
//! | token | meaning |
//! |---|---|
//! | `{text}` `{json}` `{blob}` `{double}` | column types; text compares by bytes |
//! | `{clustered}` | the table is stored in the order of its primary key, where that can be had |
//! | `{for_update}` `{skip_locked}` | row locks at the end of a select |
//! | `{in_ints $1}` `{in_texts $1}` | `in` a list that is bound as one value; `{not_in_ints $1}` `{not_in_texts $1}` |
//! | `{number c:a.b}` `{string c:a.b}` `{boolean c:a.b}` | the value at a path of document `c` if it has that type, else null |
//! | `{plain c:a.b}` | the value as `{string}` gives it, for comparisons with texts that no other JSON value is spelled as |
//! | `{scanned c:a.b}` | the same where customers are looked at one after the other; what SQLite keeps in an index stays as it is there |
//! | `{true c:a.b}` `{false c:a.b}` | whether the value at a path is that; null when absent |
//! | `{sum c:a.b}` `{average c:a.b}` | aggregates of the numbers at a path, by the steps of [`crate::exact`]; null where there is none |
//! | `{distinct c:a.b}` | aggregate: how many different texts, numbers and booleans are at a path |
//! | `{kind c:a.b}` | `'null'`, `'boolean'`, `'number'`, `'string'`, `'array'`, `'object'`, or null when absent |
//! | `{elements e c:a.b}` | for `from`: one row `e.value` (text) for each element of the list at a path |
//! | `{strings e c:a.b}` | for `from`: one row `e.value` for each text in the list at a path, whatever else is in it |
//! | `{among x y}` `{is_among x y}` | begins the question whether `x` is one of the `y` that a select finds, which is evaluated once; |
//! | | `from` and the second token in its `where` follow, then more tests, and a bracket |
//! | `{own x y}` | `x = y` in a subselect that says so once more outside: SQLite does not carry it in by itself |
//! | `{enough y $1}` | ends a subselect that says `{own}` or `=`, and is to find `y` where there are `$1` rows; SQLite stops there |
//! | `{fence}` | ends a subselect that is to be done before anything outside of it is asked, which SQLite does anyway |
//! | `{database_bytes}` | the size of the whole database |
//! | `{contains x y}` | whether text `x` contains text `y`, which has no space |
//! | `{matches x y}` | whether text `x` matches pattern `y`, in the spelling of `condition::pattern` |
//! | `{whole x}` | the number `x` without its fraction, as an integer; `x` must fit in one |
//! | `{date x}` | text `x` if it is a date that exists, `YYYY-MM-DD`, else null |
//! | `{instant x}` | text `x` if it is an instant that exists, `YYYY-MM-DDTHH:MM:SS.ffffffZ`, else null |

use crate::exact::{MILLION, SUMMAND_MAX};

/// The databases Regulars runs on. Citus speaks PostgreSQL.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    Sqlite,
    Postgres,
}

impl Dialect {
    /// The text as this database wants it.
    pub fn translate(self, text: &str) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            let Some(length) = rest[open..].find('}') else { break };
            out.push_str(&rest[..open]);
            out.push_str(&self.token(&rest[open + 1..open + length]));
            rest = &rest[open + length + 1..];
        }
        out.push_str(rest);
        match self {
            Dialect::Sqlite => number_places(&out),
            Dialect::Postgres => out,
        }
    }

    /// Whether a path segment may stand in a token. What a token cannot carry must be refused before it gets here.
    pub fn can_name(segment: &str) -> bool {
        !segment.is_empty() && !segment.contains(['"', '\'', '\\', '{', '}', '.', '$', ':']) && !segment.contains(char::is_control)
    }

    fn token(self, token: &str) -> String {
        let (name, argument) = token.split_once(' ').unwrap_or((token, ""));
        match self {
            Dialect::Sqlite => sqlite(name, argument),
            Dialect::Postgres => postgres(name, argument),
        }
        .unwrap_or_else(|| format!("{{unknown token {token}}}"))
    }
}

/// SQLite takes `$1` for a name and counts names as they come; `?1` is the place that is meant.
fn number_places(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars().peekable();
    while let Some(char) = chars.next() {
        let is_place = char == '$' && chars.peek().is_some_and(char::is_ascii_digit);
        out.push(if is_place { '?' } else { char });
    }
    out
}

/// The time zone library ends here, a day before the year 9999 does.
const INSTANTS_END: &str = "9999-12-30T22";

const SQLITE_TIME: &str = "T[0-2][0-9]:[0-5][0-9]:[0-5][0-9].[0-9][0-9][0-9][0-9][0-9][0-9]Z";

const POSTGRES_TIME: &str = "T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9][.][0-9][0-9][0-9][0-9][0-9][0-9]Z";

/// The dates that exist, leap years included, as a regular expression: a cast would fail for the others.
const POSTGRES_DATE: &str = "[0-9][0-9][0-9][0-9]-(0[13578]|1[02])-(0[1-9]|[12][0-9]|3[01])|\
    [0-9][0-9][0-9][0-9]-(0[469]|11)-(0[1-9]|[12][0-9]|30)|[0-9][0-9][0-9][0-9]-02-(0[1-9]|1[0-9]|2[0-8])|\
    ([0-9][0-9](0[48]|[2468][048]|[13579][26])|([02468][048]|[13579][26])00)-02-29";

fn sqlite(name: &str, argument: &str) -> Option<String> {
    Some(match name {
        "text" | "json" => "text".into(),
        "blob" => "blob".into(),
        "double" => "real".into(),
        "clustered" => "without rowid".into(),
        "for_update" | "skip_locked" => String::new(),
        "in_ints" | "in_texts" => format!("in rarray({argument})"),
        "not_in_ints" | "not_in_texts" => format!("not in rarray({argument})"),
        "database_bytes" => "(select p.page_count * s.page_size from pragma_page_count as p, pragma_page_size as s)".into(),
        "among" => {
            let (wanted, found) = argument.split_once(' ')?;
            format!("{wanted} in (select {found} from")
        }
        "is_among" => "true".into(),
        "own" => argument.replacen(' ', " = ", 1),
        "sum" | "average" | "distinct" => {
            let (column, path) = sqlite_path(argument)?;
            format!("exact_{name}({column} -> {path})")
        }
        "enough" => format!("limit 1 offset {} - 1", argument.split_once(' ')?.1),
        "fence" => String::new(),
        "kind" => {
            let (column, path) = sqlite_path(argument)?;
            format!(
                "case json_type({column}, {path}) when 'integer' then 'number' when 'real' then 'number' when 'text' then 'string' \
                 when 'true' then 'boolean' when 'false' then 'boolean' else json_type({column}, {path}) end"
            )
        }
        "elements" => {
            let (alias, at) = argument.split_once(' ')?;
            let (column, path) = sqlite_path(at)?;
            format!(
                "json_each(case when json_type({column}, {path}) = 'array' then json_extract({column}, {path}) else '[]' end) as {alias}"
            )
        }
        "strings" => {
            let (alias, at) = argument.split_once(' ')?;
            let (column, path) = sqlite_path(at)?;
            format!(
                "(select s.value as value from json_each(case when json_type({column}, {path}) = 'array' \
                 then json_extract({column}, {path}) else '[]' end) as s where s.type = 'text') as {alias}"
            )
        }
        "contains" => {
            let (hay, needle) = argument.rsplit_once(' ')?;
            format!("instr({hay}, {needle}) > 0")
        }
        "matches" => {
            let (text, pattern) = argument.split_once(' ')?;
            format!("matches_pattern({text}, {pattern})")
        }
        "whole" => format!("cast({argument} as integer)"),
        // SQLite carries a day that does not exist over to the next month, so that it no longer equals its text.
        "date" => format!("case when date({argument}) = {argument} then {argument} end"),
        "instant" => format!(
            "case when length({argument}) = 27 and {argument} glob '*{SQLITE_TIME}' and substr({argument}, 12, 2) < '24' \
             and date(substr({argument}, 1, 10)) = substr({argument}, 1, 10) and {argument} < '{INSTANTS_END}' then {argument} end"
        ),
        _ => return sqlite_value(name, argument),
    })
}

/// One value of a document.
fn sqlite_value(name: &str, argument: &str) -> Option<String> {
    let (column, path) = sqlite_path(argument)?;
    match name {
        "number" => sqlite_typed(argument, "in ('integer', 'real')", "real"),
        "string" | "scanned" => sqlite_typed(argument, "= 'text'", "text"),
        "boolean" => sqlite_typed(argument, "in ('true', 'false')", "integer"),
        "plain" => Some(format!("{column} ->> {path}")),
        "true" | "false" => Some(format!("json_type({column}, {path}) = '{name}'")),
        _ => None,
    }
}

fn sqlite_typed(argument: &str, test: &str, cast: &str) -> Option<String> {
    let (column, path) = sqlite_path(argument)?;
    Some(format!("case when json_type({column}, {path}) {test} then cast(json_extract({column}, {path}) as {cast}) end"))
}

/// `c:a.b` as the column and a quoted JSON path.
fn sqlite_path(argument: &str) -> Option<(&str, String)> {
    let (column, path) = argument.split_once(':')?;
    let steps: String = path.split('.').map(|step| format!(".\"{step}\"")).collect();
    Some((column, format!("'${steps}'")))
}

fn postgres(name: &str, argument: &str) -> Option<String> {
    Some(match name {
        "text" => "text collate \"C\"".into(),
        "json" => "jsonb".into(),
        "blob" => "bytea".into(),
        "double" => "double precision".into(),
        "clustered" => String::new(),
        "for_update" => "for update".into(),
        "skip_locked" => "for update skip locked".into(),
        "in_ints" => format!("= any({argument}::bigint[])"),
        "in_texts" => format!("= any({argument}::text[])"),
        "not_in_ints" => format!("<> all({argument}::bigint[])"),
        "not_in_texts" => format!("<> all({argument}::text[])"),
        "database_bytes" => "pg_database_size(current_database())".into(),
        // Not `in`, which PostgreSQL evaluates row by row where its result may not fit into memory.
        "among" => "exists (select 1 from".into(),
        "is_among" => {
            let (wanted, found) = argument.split_once(' ')?;
            format!("{found} = {wanted}")
        }
        "own" => "true".into(),
        "sum" => format!("cast(sum({}) as double precision) / {MILLION:.1}", postgres_millionths(argument)?),
        "average" => {
            let number = postgres_millionths(argument)?;
            // PostgreSQL adds up once for both, and would read every number anew to count them.
            let count = format!("coalesce(round(sum({number}) / nullif(avg({number}), 0)), 1)");
            format!("cast(sum({number}) as double precision) / cast({count} as double precision) / {MILLION:.1}")
        }
        "distinct" => {
            let (json, text) = postgres_path(argument)?;
            format!(
                "count(distinct case jsonb_typeof({json}) when 'string' then '\"' || {text} when 'boolean' then {text} \
                 when 'number' then cast(cast({text} as double precision) as text) end collate \"C\")"
            )
        }
        "enough" => format!("group by {}", argument.replacen(' ', " having count(*) >= ", 1)),
        "fence" => "offset 0".into(),
        "kind" => format!("jsonb_typeof({})", postgres_path(argument)?.0),
        "elements" => {
            let (alias, at) = argument.split_once(' ')?;
            let (json, _) = postgres_path(at)?;
            format!("jsonb_array_elements_text(case when jsonb_typeof({json}) = 'array' then {json} else '[]' end) as {alias} (value)")
        }
        "strings" => {
            let (alias, at) = argument.split_once(' ')?;
            let (json, _) = postgres_path(at)?;
            format!(
                "(select s.element #>> '{{}}' as value from jsonb_array_elements(case when jsonb_typeof({json}) = 'array' \
                 then {json} else '[]' end) as s (element) where jsonb_typeof(s.element) = 'string') as {alias}"
            )
        }
        "contains" => {
            let (hay, needle) = argument.rsplit_once(' ')?;
            format!("position({needle} in {hay}) > 0")
        }
        "matches" => {
            let (text, pattern) = argument.split_once(' ')?;
            format!("{text} ~ {pattern}")
        }
        "whole" => format!("cast(trunc({argument}) as bigint)"),
        "date" => format!("case when {argument} ~ '^({POSTGRES_DATE})$' then {argument} collate \"C\" end"),
        "instant" => format!(
            "case when {argument} ~ '^({POSTGRES_DATE}){POSTGRES_TIME}$' and {argument} collate \"C\" < '{INSTANTS_END}' \
             then {argument} collate \"C\" end"
        ),
        _ => return postgres_value(name, argument),
    })
}

/// One value of a document.
fn postgres_value(name: &str, argument: &str) -> Option<String> {
    let (json, text) = postgres_path(argument)?;
    match name {
        "number" => postgres_typed(argument, "number", "double precision"),
        "string" => postgres_typed(argument, "string", "text"),
        "boolean" => postgres_typed(argument, "boolean", "boolean"),
        "plain" | "scanned" => Some(text),
        "true" | "false" => Some(format!("{json} = '{name}'")),
        _ => None,
    }
}

fn postgres_typed(argument: &str, kind: &str, cast: &str) -> Option<String> {
    let (json, text) = postgres_path(argument)?;
    Some(format!("case when jsonb_typeof({json}) = '{kind}' then cast({text} as {cast}) end"))
}

/// The number at a path in whole millionths. It is named once: PostgreSQL reads it anew wherever it is named.
fn postgres_millionths(argument: &str) -> Option<String> {
    let (json, text) = postgres_path(argument)?;
    let stopped = format!("least(greatest(cast({text} as double precision), -{SUMMAND_MAX:.1}), {SUMMAND_MAX:.1})");
    Some(format!("case when jsonb_typeof({json}) = 'number' then cast(round({stopped} * {MILLION:.1}) as bigint) end"))
}

/// `c:a.b` as the JSON value and as its text.
fn postgres_path(argument: &str) -> Option<(String, String)> {
    let (column, path) = argument.split_once(':')?;
    let (parents, last) = match path.rsplit_once('.') {
        Some((parents, last)) => (parents.split('.').map(|step| format!("->'{step}'")).collect(), last),
        None => (String::new(), path),
    };
    Some((format!("({column}{parents}->'{last}')"), format!("({column}{parents}->>'{last}')")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens() {
        check("select 1", "select 1", "select 1");
        check("a {text} not null", "a text not null", "a text collate \"C\" not null");
        check("limit 1 {skip_locked}", "limit 1 ", "limit 1 for update skip locked");
        check(
            "{number a.attributes:total.net} > $1",
            "case when json_type(a.attributes, '$.\"total\".\"net\"') in ('integer', 'real') \
             then cast(json_extract(a.attributes, '$.\"total\".\"net\"') as real) end > ?1",
            "case when jsonb_typeof((a.attributes->'total'->'net')) = 'number' \
             then cast((a.attributes->'total'->>'net') as double precision) end > $1",
        );
        check(
            "{average a.attributes:net}",
            "exact_average(a.attributes -> '$.\"net\"')",
            &"cast(sum(N) as double precision) / cast(coalesce(round(sum(N) / nullif(avg(N), 0)), 1) as double precision) / 1000000.0"
                .replace(
                    'N',
                    "case when jsonb_typeof((a.attributes->'net')) = 'number' then cast(round(least(greatest(\
                 cast((a.attributes->>'net') as double precision), -1000000000000.0), 1000000000000.0) * 1000000.0) as bigint) end",
                ),
        );
        check(
            "{distinct a.attributes:net}",
            "exact_distinct(a.attributes -> '$.\"net\"')",
            "count(distinct case jsonb_typeof((a.attributes->'net')) when 'string' then '\"' || (a.attributes->>'net') \
             when 'boolean' then (a.attributes->>'net') when 'number' then cast(cast((a.attributes->>'net') as double precision) as text) \
             end collate \"C\")",
        );
        check("{plain a.b:c.d} = $1", "a.b ->> '$.\"c\".\"d\"' = ?1", "(a.b->'c'->>'d') = $1");
        check("{true a.b:c}", "json_type(a.b, '$.\"c\"') = 'true'", "(a.b->'c') = 'true'");
        check("where true {enough a.x $2}", "where true limit 1 offset ?2 - 1", "where true group by a.x having count(*) >= $2");
        check("{contains c.city $1}", "instr(c.city, ?1) > 0", "position($1 in c.city) > 0");
        check("{contains a || b $1}", "instr(a || b, ?1) > 0", "position($1 in a || b) > 0");
        check("{matches c.city $1}", "matches_pattern(c.city, ?1)", "c.city ~ $1");
        check("{whole x.n} % 2", "cast(x.n as integer) % 2", "cast(trunc(x.n) as bigint) % 2");
        check(
            "from {strings e c.fields:tags}",
            "from (select s.value as value from json_each(case when json_type(c.fields, '$.\"tags\"') = 'array' \
             then json_extract(c.fields, '$.\"tags\"') else '[]' end) as s where s.type = 'text') as e",
            "from (select s.element #>> '{}' as value from jsonb_array_elements(case when jsonb_typeof((c.fields->'tags')) = 'array' \
             then (c.fields->'tags') else '[]' end) as s (element) where jsonb_typeof(s.element) = 'string') as e",
        );
        check(
            "{among c.id a.customer_id} activities as a where {is_among c.id a.customer_id})",
            "c.id in (select a.customer_id from activities as a where true)",
            "exists (select 1 from activities as a where a.customer_id = c.id)",
        );
        check("where {own a.customer_id c.id}", "where a.customer_id = c.id", "where true");
        check("{nonsense}", "{unknown token nonsense}", "{unknown token nonsense}");

        #[track_caller]
        fn check(text: &str, sqlite: &str, postgres: &str) {
            assert_eq!(Dialect::Sqlite.translate(text), sqlite);
            assert_eq!(Dialect::Postgres.translate(text), postgres);
        }
    }

    #[test]
    fn a_path_segment_cannot_break_out_of_its_token() {
        assert!(Dialect::can_name("order value"));
        for segment in ["", "a'b", "a\"b", "a}b", "a.b", "a\nb", "a\\b"] {
            assert!(!Dialect::can_name(segment), "{segment:?}");
        }
    }
}
