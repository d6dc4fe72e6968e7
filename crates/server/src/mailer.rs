//! How mail leaves: by SMTP, into a folder (the demo), or into a mailbox that tests read. Retrying is the job's business, not the mailer's.

use lettre::message::{Mailbox as Address, MultiPart, SinglePart, header::ContentType};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// A message ready to go.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letter {
    pub to: String,
    pub subject: String,
    pub html: String,
    pub text: String,
    /// Becomes the Message-ID, so that a message sent twice can be recognised as one.
    pub key: String,
}

#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MailError {
    /// Trying again will not help.
    #[error("{0}")]
    Permanent(String),
    #[error("{0}")]
    Passing(String),
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
        from: Address,
    },
    /// One file per mail, for looking at what would have been sent.
    Folder {
        path: PathBuf,
        from: Address,
    },
    Mailbox(Arc<Mutex<Mailbox>>),
    /// Not configured: says so for every message.
    Absent,
}

impl Mailer {
    /// A mailer for `smtp://user:password@host:port` or `smtps://…`.
    pub fn smtp(url: &str, from: &str) -> Result<Mailer, String> {
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url).map_err(|error| format!("mail.smtp_url: {error}"))?;
        let from = from.parse().map_err(|error| format!("mail.from: {error}"))?;
        Ok(Mailer::Smtp { transport: transport.build(), from })
    }

    /// A mailer that writes into a folder, which it makes with the first mail.
    pub fn folder(path: &Path, from: &str) -> Result<Mailer, String> {
        let from = from.parse().map_err(|error| format!("mail.from: {error}"))?;
        Ok(Mailer::Folder { path: path.to_owned(), from })
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
            Ok(false) => Err(MailError::Passing("the mail server closed the connection".to_owned())),
            Err(error) => Err(MailError::Passing(error.to_string())),
        }
    }

    pub async fn send(&self, letter: &Letter) -> Result<(), MailError> {
        match self {
            Mailer::Absent => Err(MailError::Passing("no mail server is configured (mail.smtp_url)".to_owned())),
            Mailer::Mailbox(mailbox) => {
                let mut mailbox = mailbox.lock().unwrap_or_else(PoisonError::into_inner);
                if let Some(refusal) = &mailbox.refusal {
                    return Err(refusal.clone());
                }
                mailbox.letters.push(letter.clone());
                Ok(())
            }
            Mailer::Folder { path, from } => write(path, letter, &compose(letter, from)?).await.map_err(|error| {
                let place = path.display();
                MailError::Passing(format!("cannot write into {place}: {error}"))
            }),
            Mailer::Smtp { transport, from } => {
                let message = compose(letter, from)?;
                transport.send(message).await.map(drop).map_err(|error| match error.is_permanent() {
                    true => MailError::Permanent(error.to_string()),
                    false => MailError::Passing(error.to_string()),
                })
            }
        }
    }
}

async fn write(folder: &Path, letter: &Letter, message: &Message) -> std::io::Result<()> {
    let name: String = letter.key.chars().map(|char| if char.is_ascii_alphanumeric() { char } else { '-' }).collect();
    tokio::fs::create_dir_all(folder).await?;
    tokio::fs::write(folder.join(format!("{name}.eml")), message.formatted()).await
}

fn compose(letter: &Letter, from: &Address) -> Result<Message, MailError> {
    let wrong = |error: String| MailError::Permanent(error);
    let to: Address = letter.to.parse().map_err(|error| wrong(format!("{error}")))?;
    let domain = from.email.domain().to_owned();
    let builder =
        Message::builder().from(from.clone()).to(to).subject(&letter.subject).message_id(Some(format!("<{}@{domain}>", letter.key)));
    let text = SinglePart::builder().header(ContentType::TEXT_PLAIN).body(letter.text.clone());
    if letter.html.is_empty() {
        return builder.singlepart(text).map_err(|error| wrong(error.to_string()));
    }
    let html = SinglePart::builder().header(ContentType::TEXT_HTML).body(letter.html.clone());
    builder.multipart(MultiPart::alternative().singlepart(text).singlepart(html)).map_err(|error| wrong(error.to_string()))
}
