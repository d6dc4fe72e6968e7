//! What a browser loads before it can show the admin web app for the first time, as the server sends it.

use crate::client::Connection;
use anyhow::{Context, Result, ensure};

#[derive(Default)]
pub struct Page {
    pub resources: usize,
    /// Bytes of all bodies, compressed.
    pub bytes: usize,
    /// Those of them that are scripts.
    pub script_bytes: usize,
}

pub fn load(address: &str) -> Result<Page> {
    let mut connection = Connection::open(address)?;
    let html = String::from_utf8(fetch(&mut connection, address, "/admin/", "identity")?)?;
    let mut page = Page::default();
    for path in std::iter::once("/admin/").chain(resources(&html)) {
        let path = if path.starts_with('/') { path.to_owned() } else { format!("/admin/{}", path.trim_start_matches("./")) };
        let bytes = fetch(&mut connection, address, &path, "gzip")?.len();
        page.resources += 1;
        page.bytes += bytes;
        page.script_bytes += if path.ends_with(".js") { bytes } else { 0 };
    }
    Ok(page)
}

fn fetch(connection: &mut Connection, address: &str, path: &str, encoding: &str) -> Result<Vec<u8>> {
    let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\nAccept-Encoding: {encoding}\r\n\r\n");
    let answer = connection.exchange(request.as_bytes()).with_context(|| path.to_owned())?;
    ensure!(answer.status == 200, "GET {path}: {}", answer.status);
    Ok(answer.body.to_vec())
}

/// Scripts, styles and icons that the document names; links to other pages are none.
fn resources(html: &str) -> Vec<&str> {
    let tags = html.split('<').filter(|tag| ["script ", "link ", "img "].iter().any(|name| tag.starts_with(name)));
    let named = tags.filter_map(|tag| {
        let from = ["src=\"", "href=\""].iter().find_map(|key| Some(tag.find(key)? + key.len()))?;
        tag[from..].split('"').next()
    });
    named.filter(|path| !path.contains("://") && !path.starts_with("data:")).collect()
}

#[cfg(test)]
mod tests {
    use super::resources;

    #[test]
    fn resources_of_a_document() {
        let html = r#"<link rel="icon" href="/admin/a.svg"><script type="module" crossorigin src="./b.js"></script><a href="/c">c</a>
            <link rel="stylesheet" href="/d.css"><script>let e = 1</script>"#;
        assert_eq!(resources(html), ["/admin/a.svg", "./b.js", "/d.css"]);
    }
}
