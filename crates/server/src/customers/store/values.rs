//! SQL of the values that the newest customers have in a field.

use crate::error::Error;
use crate::work::Work;

/// Where the texts of a field are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Spot {
    Column(&'static str),
    /// A custom field with one text.
    Text(String),
    /// A custom field with several.
    List(String),
}

pub fn newest(work: &mut Work<'_>, spot: &Spot, newest: i64) -> Result<Vec<(String, i64)>, Error> {
    let (selected, from, value) = match spot {
        Spot::Column(column) => (format!("c.{column} as value"), String::new(), "value"),
        Spot::Text(name) => (format!("{{string c.fields:{name}}} as value"), String::new(), "value"),
        Spot::List(name) => ("c.fields".to_owned(), format!(" cross join {{elements e newest.fields:{name}}}"), "e.value"),
    };
    let text = format!(
        "select {value}, count(*) from (select {selected} from customers as c order by c.created_at desc, c.id desc limit $1) as newest{from}
         where {value} is not null group by {value}"
    );
    Ok(work.tx.all(&text, &[newest.into()])?)
}
