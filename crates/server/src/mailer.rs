//! How mail leaves: by SMTP, into a folder (the demo), or into a mailbox that tests read. Retrying is the job's business, not the mailer's.

use crate::{config, network};
use lettre::address::Envelope;
use lettre::message::dkim::{DkimCanonicalization, DkimCanonicalizationType, DkimConfig, DkimSigningAlgorithm, DkimSigningKey};
use lettre::message::header::{ContentType, HeaderName, HeaderValue};
use lettre::message::{Mailbox as Address, MultiPart, SinglePart};
use lettre::transport::smtp::PoolConfig;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// A message ready to go.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Becomes the Message-ID, so that a message sent twice can be recognised as one.
    pub key: String,
    /// Further headers, each one line.
    pub headers: Vec<(&'static str, String)>,
    /// Where it comes back to when it cannot be delivered; absent: to the sender.
    pub return_path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Trying again will not help.
    #[error("{0}")]
    Permanent(String),
    /// The mail server said not now.
    #[error("{0}")]
    Passing(String),
    /// There was nobody to hand it to.
    #[error("{0}")]
    Unreachable(String),
    /// It was handed over, or begun to be, and the answer did not come.
    #[error("{0}")]
    Unclear(String),
}

/// What a test's mailbox has received, and what it answers next.
#[derive(Debug, Default)]
pub struct Mailbox {
    pub letters: Vec<Letter>,
    /// While set, nothing is taken.
    pub refusal: Option<MailError>,
}

#[derive(Clone)]
pub enum Mailer {
    Smtp {
        transport: AsyncSmtpTransport<Tokio1Executor>,
        sender: Sender,
    },
    /// One file per mail, for looking at what would have been sent.
    Folder {
        path: PathBuf,
        sender: Sender,
    },
    Mailbox(Arc<Mutex<Mailbox>>),
    /// Not configured: says so for every message.
    Absent,
}

/// Who sends, and how that is vouched for.
#[derive(Clone)]
pub struct Sender {
    from: Address,
    dkim: Option<Arc<DkimConfig>>,
}

/// What a DKIM signature covers, where it is there. Without the headers for unsubscribing, nobody honours those (RFC 8058).
/// Not the Content-Type: the library signs the headers of the mail itself, and that of a mail in parts is none of them.
const SIGNED_HEADERS: [&str; 8] =
    ["From", "To", "Subject", "Date", "Message-ID", "MIME-Version", "List-Unsubscribe", "List-Unsubscribe-Post"];

impl Sender {
    pub fn new(config: &config::Mail) -> Result<Sender, String> {
        let from = config.from.parse().map_err(|error| format!("mail.from: {error}"))?;
        if config.dkim_key_file.is_empty() {
            return Ok(Sender { from, dkim: None });
        }
        let file = &config.dkim_key_file;
        let key = std::fs::read_to_string(file).map_err(|error| format!("mail.dkim_key_file: cannot read {file}: {error}"))?;
        let algorithm = match key.trim_start().starts_with("-----") {
            true => DkimSigningAlgorithm::Rsa,
            false => DkimSigningAlgorithm::Ed25519,
        };
        let key = DkimSigningKey::new(key.trim(), algorithm).map_err(|error| format!("mail.dkim_key_file: {file}: {error}"))?;
        let relaxed = DkimCanonicalization { header: DkimCanonicalizationType::Relaxed, body: DkimCanonicalizationType::Relaxed };
        let headers = SIGNED_HEADERS.map(HeaderName::new_from_ascii_str).to_vec();
        let dkim = DkimConfig::new(config.dkim_selector.clone(), config.dkim_domain.clone(), key, headers, relaxed);
        Ok(Sender { from, dkim: Some(Arc::new(dkim)) })
    }

    fn compose(&self, letter: &Letter) -> Result<Message, MailError> {
        let wrong = |error: String| MailError::Permanent(error);
        let to: Address = letter.to.parse().map_err(|error| wrong(format!("{error}")))?;
        let domain = self.from.email.domain().to_owned();
        let mut builder = Message::builder().from(self.from.clone()).to(to.clone()).subject(&letter.subject);
        builder = builder.message_id(Some(format!("<{}@{domain}>", letter.key)));
        for (name, value) in &letter.headers {
            builder = builder.raw_header(HeaderValue::new(HeaderName::new_from_ascii_str(name), value.clone()));
        }
        if let Some(return_path) = &letter.return_path {
            let back = return_path.parse().map_err(|error| wrong(format!("the return path: {error}")))?;
            let envelope = Envelope::new(Some(back), vec![to.email]).map_err(|error| wrong(error.to_string()))?;
            builder = builder.envelope(envelope);
        }
        let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(letter.text.clone());
        let composed = if letter.html.is_empty() {
            builder.singlepart(text)
        } else {
            let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(letter.html.clone());
            builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html))
        };
        let mut message = composed.map_err(|error| wrong(error.to_string()))?;
        if let Some(dkim) = &self.dkim {
            message.sign(dkim);
        }
        Ok(message)
    }
}

impl Mailer {
    /// A mailer for `smtp://user:password@host:port` or `smtps://…`.
    pub fn smtp(config: &config::Mail) -> Result<Mailer, String> {
        let transport =
            AsyncSmtpTransport::<Tokio1Executor>::from_url(&config.smtp_url).map_err(|error| format!("mail.smtp_url: {error}"))?;
        let connections = u32::try_from(config.connections).map_err(|error| format!("mail.connections: {error}"))?;
        let timeout = u64::try_from(config.timeout_s).map_err(|error| format!("mail.timeout_s: {error}"))?;
        let transport = transport.pool_config(PoolConfig::new().max_size(connections)).timeout(Some(Duration::from_secs(timeout)));
        Ok(Mailer::Smtp { transport: transport.build(), sender: Sender::new(config)? })
    }

    /// A mailer that writes into a folder, which it makes with the first mail.
    pub fn folder(path: &Path, config: &config::Mail) -> Result<Mailer, String> {
        Ok(Mailer::Folder { path: path.to_owned(), sender: Sender::new(config)? })
    }

    pub fn mailbox() -> Mailer {
        Mailer::Mailbox(Arc::default())
    }

    /// What a test's mailbox has received.
    pub fn received(&self) -> Vec<Letter> {
        match self {
            Mailer::Mailbox(mailbox) => mailbox.lock().unwrap_or_else(PoisonError::into_inner).letters.clone(),
            Mailer::Smtp { .. } | Mailer::Folder { .. } | Mailer::Absent => Vec::new(),
        }
    }

    /// Makes a test's mailbox refuse everything, or take everything again.
    pub fn refuse(&self, refusal: Option<MailError>) {
        if let Mailer::Mailbox(mailbox) = self {
            mailbox.lock().unwrap_or_else(PoisonError::into_inner).refusal = refusal;
        }
    }

    /// Whether the mail server answers. What is not a server always does.
    pub async fn check(&self) -> Result<(), MailError> {
        let Mailer::Smtp { transport, .. } = self else { return Ok(()) };
        match transport.test_connection().await {
            Ok(true) => Ok(()),
            Ok(false) => Err(MailError::Unreachable("the mail server closed the connection".to_owned())),
            Err(error) => Err(told(&error)),
        }
    }

    pub async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        match self {
            Mailer::Absent => Err(MailError::Unreachable("no mail server is configured (mail.smtp_url)".to_owned())),
            Mailer::Mailbox(mailbox) => {
                let mut mailbox = mailbox.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(refusal) = &mailbox.refusal {
                    return Err(refusal.clone());
                }
                mailbox.letters.push(letter.clone());
                Ok(())
            }
            Mailer::Folder { path, sender } => write(path, letter, &sender.compose(letter)?).await.map_err(|error| {
                let place = path.display();
                MailError::Passing(format!("cannot write into {place}: {error}"))
            }),
            Mailer::Smtp { transport, sender } => {
                let message = sender.compose(letter)?;
                transport.send(message).await.map(drop).map_err(|error| told(&error))
            }
        }
    }
}

/// What a failure says of the message. Only an answer, or that no connection came about, proves that it was not taken.
fn told(error: &lettre::transport::smtp::Error) -> MailError {
    let code = error.status().map(u16::from);
    // Closing down, or refusing our credentials, is about us and not about the message.
    let turns_us_away = code.is_some_and(|code| [421, 530, 534, 535, 538].contains(&code));
    // The kind of a failed connection is not public; its text begins so.
    let never_connected = error.to_string().starts_with("Connection error") || error.is_tls();
    let cause = network::cause(error);
    let reason = match code {
        Some(code) => format!("the mail server answered {code}: {cause}"),
        None if never_connected => format!("the mail server cannot be reached: {cause}"),
        None if error.is_client() => format!("the mail cannot be handed over: {cause}"),
        None => format!("the mail server did not finish: {cause}"),
    };
    match () {
        () if turns_us_away || never_connected => MailError::Unreachable(reason),
        () if error.is_permanent() => MailError::Permanent(reason),
        // What our own side cannot do, such as a way of signing in that the server wants, may be configured otherwise soon.
        () if error.is_transient() || error.is_client() => MailError::Passing(reason),
        () => MailError::Unclear(reason),
    }
}

async fn write(folder: &Path, letter: &Letter, message: &Message) -> std::io::Result<()> {
    let name: String = letter.key.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect();
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::write(folder.join(format!("{name}.eml")), message.formatted()).await
}
