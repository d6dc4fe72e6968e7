//! Killed while mail goes out, and a mail server that is away, slow, or refuses: each recipient gets exactly one mail, except
//! where nobody can know, and then the message says so; and one bad domain does not keep the others waiting.

use super::ground::Ground;
use crate::client::{Api, id};
use crate::numbers::Numbers;
use crate::watched::Watched;
use crate::{command, repository, test_database};
use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;
use std::process::Command;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// The kill comes at some instant in between, after the mail has begun to flow again.
const RUN_MS: std::ops::Range<u64> = 200..900;
/// Jobs that the program has in hand at a time.
const HANDS: usize = 16;
/// Activities sent at a time.
const BATCH: usize = 500;
/// Mails to each of the domains that are slow, refuse, or are fast beside them; and while the server is away.
const BESIDE: usize = 40;
/// The fast ones must be through long before the slow ones, which take a second each, four at a time.
const FAST_WITHIN: Duration = Duration::from_secs(8);
/// What was in hand when the program was killed is taken up again when its lease is over, a minute later; what was refused,
/// after a pause of a minute.
const SETTLED_WITHIN: Duration = Duration::from_secs(600);
const AWAY: Duration = Duration::from_secs(2);
const LOOK_EVERY: Duration = Duration::from_millis(200);

pub fn run(ground: &mut Ground) -> Result<String> {
    let mut post = PostOffice::open(ground)?;
    let mut program = ground.program()?;
    program.settings.push(("REGULARS__MAIL__SMTP_URL", format!("smtp://127.0.0.1:{}", post.port)));
    let key = program.key()?;
    let mut server = program.start()?;
    let api = server.api(&key);
    prepare(&api)?;

    let (rate, measured) = (flow(&api, &post, ground.mails / 10)?, ground.mails / 10);
    let mut numbers = Numbers(23);
    want(&api, "many", ground.mails)?;
    for _ in 0..ground.rounds {
        std::thread::sleep(Duration::from_millis(RUN_MS.start + numbers.below(RUN_MS.end - RUN_MS.start)));
        server.kill()?;
        server = program.start()?;
    }
    // All but what was in hand at the kills: nobody waits behind those any more.
    let rest = HANDS * ground.rounds;
    wait_until(|| Ok(ground.mails <= post.taken("many")?.len() + rest), SETTLED_WITHIN).context("the mails did not go out")?;
    for domain in ["slow", "half", "fast"] {
        want(&api, domain, BESIDE)?;
    }
    let began = Instant::now();
    wait_until(|| Ok(post.taken("fast")?.len() == BESIDE), SETTLED_WITHIN).context("the fast domain did not get its mails")?;
    let fast = began.elapsed();
    ensure!(fast < FAST_WITHIN, "the fast domain had to wait {fast:?} for the slow one");
    wait_until(|| Ok(post.taken("slow")?.len() == BESIDE), SETTLED_WITHIN).context("the slow domain did not get its mails")?;

    post.close();
    want(&api, "away", BESIDE)?;
    std::thread::sleep(AWAY);
    post.reopen()?;
    wait_until(|| settled(&api), SETTLED_WITHIN).context("the mails did not all come to an end")?;
    let doubled = check(&api, &post, ground.mails)?;
    let listed = total(&api, "/api/messages?ambiguous=true&count=true&limit=1")?;
    server.end()?;
    Ok(format!(
        "{} kills while {} mails went out: each recipient has his mail; {listed} were ambiguous and are listed, {doubled} of them \
         arrived more than once, under one Message-ID; beside a domain that takes a second for each mail and one that refuses half, a \
         fast one had {BESIDE} mails after {} ms; {BESIDE} mails waited for a server that was away; {rate:.0} mails per second \
         rendered and handed over ({measured} mails)",
        ground.rounds,
        ground.mails,
        fast.as_millis(),
    ))
}

/// A template, and a rule that sends it for every order.
fn prepare(api: &Api) -> Result<()> {
    // A rule names a type of activity that there is.
    let first = json!({ "customer": { "email": "first@first.example" }, "type": "order", "createCustomers": true });
    api.create("/api/activities", &first)?;
    let body = json!({ "name": "Drill", "subject": "Hello {{ customer.email }}", "html": "<p>Dear {{ customer.email }}</p>" });
    let template = id(&api.create("/api/templates", &body)?)?;
    let rule = json!({ "name": "Drill", "active": true, "triggers": [{ "type": "new_activity", "activityType": "order" }],
        "actions": [{ "type": "send_mail", "templateId": template }] });
    api.create("/api/rules", &rule).map(drop)
}

/// One order each of so many customers, who all have addresses of this domain.
fn want(api: &Api, domain: &str, count: usize) -> Result<()> {
    let orders: Vec<Value> = (0..count)
        .map(|number| {
            let address = format!("c{number}@{domain}.example");
            json!({ "customer": { "email": address }, "type": "order", "externalId": address })
        })
        .collect();
    for some in orders.chunks(BATCH) {
        let body = json!({ "activities": some, "createCustomers": true });
        let answer = api.post("/api/activities", &body)?.expect(200)?;
        let created = answer["results"].as_array().map_or(0, |results| results.iter().filter(|one| one["status"] == "created").count());
        ensure!(created == some.len(), "{created} of {} orders were taken", some.len());
    }
    Ok(())
}

/// Mails per second, from the wish to the mail server.
fn flow(api: &Api, post: &PostOffice, count: usize) -> Result<f64> {
    let began = Instant::now();
    want(api, "flow", count)?;
    wait_until(|| Ok(post.taken("flow")?.len() == count), SETTLED_WITHIN)?;
    Ok(count as f64 / began.elapsed().as_secs_f64())
}

fn wait_until(mut holds: impl FnMut() -> Result<bool>, within: Duration) -> Result<()> {
    let began = Instant::now();
    while !holds()? {
        ensure!(began.elapsed() < within, "not within {within:?}");
        std::thread::sleep(LOOK_EVERY);
    }
    Ok(())
}

fn settled(api: &Api) -> Result<bool> {
    let counts = api.get("/api/messages/counts")?;
    Ok(["planned", "sending", "held"].iter().all(|state| counts[state] == 0))
}

fn total(api: &Api, path: &str) -> Result<i64> {
    api.get(path)?["total"].as_i64().with_context(|| format!("no total: {path}"))
}

/// Holds what the mail server has against what the messages say; gives how many arrived more than once.
fn check(api: &Api, post: &PostOffice, many: usize) -> Result<usize> {
    let mut expected = BTreeMap::new();
    api.each("/api/messages", |message| {
        ensure!(message["state"] == "sent", "not sent: {message}");
        let recipient = message["recipient"].as_str().context("a message without a recipient")?.to_owned();
        let ambiguous = message["ambiguous"].as_u64().context("a message without a count")?;
        ensure!(expected.insert(recipient, ambiguous).is_none(), "two messages for one order: {message}");
        Ok(())
    })?;
    ensure!(expected.len() == many + many / 10 + 4 * BESIDE, "{} messages", expected.len());
    let (mut doubled, mut taken) = (0, post.mails()?);
    for (recipient, ambiguous) in &expected {
        let keys = taken.remove(recipient).unwrap_or_default();
        ensure!(!keys.is_empty(), "{recipient} got nothing");
        ensure!(keys.len() as u64 <= 1 + ambiguous, "{recipient} got {} mails, and {ambiguous} were ambiguous", keys.len());
        ensure!(keys.iter().collect::<BTreeSet<_>>().len() == 1, "{recipient} got mails under several Message-IDs");
        doubled += usize::from(keys.len() > 1);
    }
    Ok(doubled)
}

/// The mail server, and the book in which it notes what it took.
struct PostOffice {
    port: u16,
    python: PathBuf,
    book: PathBuf,
    server: Option<Watched>,
}

/// `$1` the interpreter, `$2` the program, `$3` the port, `$4` the book.
const SCRIPT: &str = r#"
pipe=$(mktemp -u); mkfifo "$pipe"
"$1" "$2" "$3" "$4" <"$pipe" &
exec 9>"$pipe"
rm "$pipe"
while read -r order; do echo done; done
exec 9>&-
wait
"#;

impl PostOffice {
    fn open(ground: &Ground) -> Result<PostOffice> {
        let python = environment()?;
        let port = test_database::free_port()?;
        let mut post = PostOffice { port, python, book: ground.folder.join("mails"), server: None };
        std::fs::write(&post.book, "")?;
        post.reopen()?;
        Ok(post)
    }

    fn close(&mut self) {
        self.server = None;
    }

    fn reopen(&mut self) -> Result<()> {
        let script = repository::root()?.join("drill/smtp.py");
        let words =
            [self.python.display().to_string(), script.display().to_string(), self.port.to_string(), self.book.display().to_string()];
        self.server = Some(Watched::start(None, SCRIPT, &words.each_ref().map(String::as_str))?);
        Ok(())
    }

    /// What it took, by recipient: the Message-ID of each mail.
    fn mails(&self) -> Result<BTreeMap<String, Vec<String>>> {
        let mut mails: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for line in std::fs::read_to_string(&self.book)?.lines() {
            let (recipient, key) = line.split_once(' ').with_context(|| format!("not a line of the book: {line}"))?;
            mails.entry(recipient.to_owned()).or_default().push(key.to_owned());
        }
        Ok(mails)
    }

    /// Who of a domain has got a mail.
    fn taken(&self, domain: &str) -> Result<BTreeSet<String>> {
        let ending = format!("@{domain}.example");
        Ok(self.mails()?.into_keys().filter(|recipient| recipient.ends_with(&ending)).collect())
    }
}

/// Drills of both databases want the environment at the same time; one makes it.
static TURN: Mutex<()> = Mutex::new(());

/// The interpreter of an environment that has what the mail server needs; kept in the target folder.
fn environment() -> Result<PathBuf> {
    let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
    let folder = repository::target()?.join("drill-python");
    let python = folder.join("bin/python");
    if !python.exists() {
        command::run(Command::new("python3").args(["-m", "venv"]).arg(&folder)).context("Python cannot make an environment")?;
    }
    let mut install = Command::new(&python);
    install.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement"]);
    command::run(install.arg(repository::root()?.join("drill/requirements.txt"))).context("the packages of Python cannot be had")?;
    Ok(python)
}
