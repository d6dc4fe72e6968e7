//! An HTTP/1.1 client for measuring and for breaking things: one connection, one request at a time, no work that is not
//! needed, so that the machine is left to the server. It knows just as much of the protocol as our server speaks.

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use std::io::{self, Error, ErrorKind, Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const ANSWER_WITHIN: Duration = Duration::from_secs(60);
const ANSWER_BYTES_MAX: usize = 64 << 20;
const CHUNK: usize = 16 << 10;
/// Answers of a list that one request asks for.
const PAGE: usize = 500;
const PAGES_MAX: usize = 20_000;
const BUILT_WITHIN: Duration = Duration::from_secs(300);
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// A connection that stays open from request to request.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
    filled: usize,
}

/// What came back, as long as the connection is not used again.
pub struct Answer<'c> {
    pub status: u16,
    pub head: &'c str,
    pub body: &'c [u8],
}

impl Connection {
    pub fn open(address: &str) -> io::Result<Connection> {
        let stream = TcpStream::connect(address)?;
        stream.set_nodelay(true)?;
        stream.set_read_timeout(Some(ANSWER_WITHIN))?;
        stream.set_write_timeout(Some(ANSWER_WITHIN))?;
        Ok(Connection { stream, received: vec![0; CHUNK], filled: 0 })
    }

    pub fn exchange(&mut self, request: &[u8]) -> io::Result<Answer<'_>> {
        self.send(request)?;
        self.receive()
    }

    pub fn send(&mut self, request: &[u8]) -> io::Result<()> {
        self.stream.write_all(request)
    }

    pub fn receive(&mut self) -> io::Result<Answer<'_>> {
        self.filled = 0;
        let head = self.receive_head()?;
        let text = text(&self.received[..head])?;
        let status = text.get(9..12).and_then(|digits| digits.parse().ok()).ok_or_else(|| nonsense("no status"))?;
        let (length, chunked) = (header(text, "content-length"), header(text, "transfer-encoding") == Some("chunked"));
        let end = match (length, chunked) {
            (Some(length), _) => {
                let length: usize = length.parse().map_err(|_| nonsense("a length that is no number"))?;
                self.receive_until(head + length)?;
                head + length
            }
            (None, true) => self.receive_chunks(head)?,
            (None, false) => head,
        };
        Ok(Answer { status, head: crate::client::text(&self.received[..head])?, body: &self.received[head..end] })
    }

    /// The length of the head with its empty line.
    fn receive_head(&mut self) -> io::Result<usize> {
        let mut looked = 0;
        loop {
            if let Some(at) = find(&self.received[looked..self.filled], b"\r\n\r\n") {
                return Ok(looked + at + 4);
            }
            looked = self.filled.saturating_sub(3);
            self.receive_more()?;
        }
    }

    /// Joins the chunks where they stand; gives the end of the body.
    fn receive_chunks(&mut self, head: usize) -> io::Result<usize> {
        let (mut end, mut from) = (head, head);
        loop {
            let line = loop {
                match find(&self.received[from..self.filled], b"\r\n") {
                    Some(at) => break from + at,
                    None => self.receive_more()?,
                }
            };
            let digits = text(&self.received[from..line])?.split(';').next().unwrap_or_default().trim();
            let length = usize::from_str_radix(digits, 16).map_err(|_| nonsense("a chunk without a length"))?;
            let begin = line + 2;
            self.receive_until(begin + length + 2)?;
            self.received.copy_within(begin..begin + length, end);
            end += length;
            from = begin + length + 2;
            if length == 0 {
                return Ok(end);
            }
        }
    }

    fn receive_until(&mut self, end: usize) -> io::Result<()> {
        while self.filled < end {
            self.receive_more()?;
        }
        Ok(())
    }

    fn receive_more(&mut self) -> io::Result<()> {
        if self.filled == self.received.len() {
            if ANSWER_BYTES_MAX <= self.filled {
                return Err(nonsense("an answer without end"));
            }
            self.received.resize(2 * self.filled, 0);
        }
        let read = loop {
            match self.stream.read(&mut self.received[self.filled..]) {
                // A signal came by, such as that of a child that ended.
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                read => break read?,
            }
        };
        match read {
            0 => Err(Error::new(ErrorKind::UnexpectedEof, "the connection was closed before the answer was complete")),
            more => {
                self.filled += more;
                Ok(())
            }
        }
    }
}

impl Answer<'_> {
    pub fn header(&self, name: &str) -> Option<&str> {
        header(self.head, name)
    }

    pub fn json(&self) -> Result<Value> {
        serde_json::from_slice(self.body).with_context(|| format!("not JSON: {}", String::from_utf8_lossy(self.body)))
    }
}

/// The value of a header, by its name in lower case.
fn header<'h>(head: &'h str, name: &str) -> Option<&'h str> {
    let fields = head.split("\r\n").skip(1).filter_map(|line| line.split_once(':'));
    fields.filter(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value.trim()).next()
}

fn find(bytes: &[u8], sought: &[u8]) -> Option<usize> {
    bytes.windows(sought.len()).position(|window| window == sought)
}

fn text(bytes: &[u8]) -> io::Result<&str> {
    std::str::from_utf8(bytes).map_err(|_| nonsense("a head that is not UTF-8"))
}

fn nonsense(what: &str) -> Error {
    Error::new(ErrorKind::InvalidData, what)
}

/// An answer that outlives its connection.
pub struct Reply {
    pub status: u16,
    pub json: Value,
}

impl Reply {
    pub fn expect(self, status: u16) -> Result<Value> {
        if self.status != status {
            bail!("expected {status}, got {}: {}", self.status, self.json);
        }
        Ok(self.json)
    }
}

/// The API of one server under one key, for what need not be fast: a connection for each request.
#[derive(Clone)]
pub struct Api {
    pub address: String,
    key: String,
}

impl Api {
    pub fn new(address: &str, key: &str) -> Api {
        Api { address: address.to_owned(), key: key.to_owned() }
    }

    /// The bytes of a request that may be sent again and again.
    pub fn request(&self, method: &str, path: &str, body: &[u8]) -> Vec<u8> {
        let Api { address, key } = self;
        let mut request = format!("{method} {path} HTTP/1.1\r\nHost: {address}\r\nX-API-Key: {key}\r\n");
        if !body.is_empty() {
            request += &format!("Content-Type: application/json\r\nContent-Length: {}\r\n", body.len());
        }
        request += "\r\n";
        [request.as_bytes(), body].concat()
    }

    pub fn send(&self, method: &str, path: &str, body: &[u8]) -> Result<Reply> {
        let named = || format!("{method} {path}");
        let mut connection = Connection::open(&self.address).with_context(named)?;
        let answer = connection.exchange(&self.request(method, path, body)).with_context(named)?;
        let json = match answer.body.is_empty() {
            true => Value::Null,
            false => answer.json().with_context(named)?,
        };
        Ok(Reply { status: answer.status, json })
    }

    pub fn get(&self, path: &str) -> Result<Value> {
        self.send("GET", path, b"")?.expect(200).with_context(|| format!("GET {path}"))
    }

    /// What a request makes.
    pub fn create(&self, path: &str, body: &Value) -> Result<Value> {
        self.post(path, body)?.expect(201).with_context(|| format!("POST {path} {body}"))
    }

    pub fn post(&self, path: &str, body: &Value) -> Result<Reply> {
        self.send("POST", path, body.to_string().as_bytes())
    }

    /// Every item of a list, page by page.
    pub fn each(&self, path: &str, mut take: impl FnMut(&Value) -> Result<()>) -> Result<()> {
        let joint = if path.contains('?') { '&' } else { '?' };
        let mut cursor = String::new();
        for _ in 0..PAGES_MAX {
            let page = self.get(&format!("{path}{joint}limit={PAGE}{cursor}"))?;
            page["items"].as_array().context("a list without items")?.iter().try_for_each(&mut take)?;
            match page["nextCursor"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(()),
            }
        }
        bail!("GET {path}: more than {PAGES_MAX} pages")
    }

    /// Waits until every segment has the members that belong to it.
    pub fn wait_until_built(&self) -> Result<()> {
        let began = Instant::now();
        while self.get("/api/segments")?["items"].as_array().context("no list")?.iter().any(|segment| segment["building"] == true) {
            ensure!(began.elapsed() < BUILT_WITHIN, "a segment was not built within {BUILT_WITHIN:?}");
            std::thread::sleep(LOOK_EVERY);
        }
        Ok(())
    }

    /// Waits until no job waits or runs.
    pub fn wait_until_idle(&self) -> Result<()> {
        let began = Instant::now();
        for state in ["queued", "running", "queued"] {
            while !self.get(&format!("/api/jobs?state={state}&limit=1"))?["items"].as_array().context("no list")?.is_empty() {
                ensure!(began.elapsed() < BUILT_WITHIN, "there was work after {BUILT_WITHIN:?}");
                std::thread::sleep(LOOK_EVERY);
            }
        }
        Ok(())
    }
}

/// The id of what an answer shows.
pub fn id(shown: &Value) -> Result<i64> {
    shown["id"].as_i64().with_context(|| format!("without an id: {shown}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::net::TcpListener;

    #[test]
    fn answers_are_read_to_their_end() {
        check(b"HTTP/1.1 204 No Content\r\nDate: x\r\n\r\n", 204, b"");
        check(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello", 200, b"hello");
        check(b"HTTP/1.1 503 Off\r\ntransfer-encoding: chunked\r\n\r\n3\r\nhel\r\n2;x=y\r\nlo\r\n0\r\n\r\n", 503, b"hello");
        let long = [&b"HTTP/1.1 200 OK\r\ncontent-length: 50000\r\n\r\n"[..], &[b'x'; 50_000]].concat();
        check(&long, 200, &[b'x'; 50_000]);

        #[track_caller]
        fn check(sent: &[u8], status: u16, body: &[u8]) {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap().to_string();
            let sent = sent.to_vec();
            let server = std::thread::spawn(move || {
                let (mut stream, _) = listener.accept().unwrap();
                for _ in 0..2 {
                    stream.read_exact(&mut [0; 4]).unwrap();
                    sent.chunks(7000).for_each(|part| stream.write_all(part).unwrap());
                }
            });
            let mut connection = Connection::open(&address).unwrap();
            for _ in 0..2 {
                let answer = connection.exchange(b"ask\n").unwrap();
                assert_eq!((answer.status, answer.body), (status, body));
            }
            assert!(connection.exchange(b"ask\n").is_err(), "the connection was closed");
            server.join().unwrap();
        }
    }

    #[test]
    fn headers_are_found_whatever_their_case() {
        let head = "HTTP/1.1 503 Off\r\nRetry-After: 2\r\n\r\n";
        assert_eq!((header(head, "retry-after"), header(head, "date")), (Some("2"), None));
    }
}
