//! What goes wrong on the way to another system, in words of ours where it is one of the usual things: they are the same on every
//! machine, and have translations.

use std::error::Error;
use std::io::{self, ErrorKind};

/// The innermost reason. Those around it may name an address, and so a token in it.
pub fn cause(error: &(dyn Error + 'static)) -> String {
    let mut root = error;
    while let Some(source) = root.source() {
        root = source;
    }
    let reason = match root.downcast_ref::<io::Error>().map(io::Error::kind) {
        Some(ErrorKind::ConnectionRefused) => "the connection was refused",
        Some(ErrorKind::ConnectionReset | ErrorKind::ConnectionAborted | ErrorKind::BrokenPipe | ErrorKind::UnexpectedEof) => {
            "the connection was broken off"
        }
        Some(ErrorKind::HostUnreachable | ErrorKind::NetworkUnreachable) => "no network leads there",
        Some(ErrorKind::TimedOut) => "it took too long",
        _ => return root.to_string(),
    };
    reason.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_is_said_in_our_words_and_the_rest_as_it_comes() {
        check(ErrorKind::ConnectionRefused.into(), "the connection was refused");
        check(io::Error::from_raw_os_error(111), "the connection was refused");
        check(io::Error::from_raw_os_error(113), "no network leads there");
        check(io::Error::other("invalid peer certificate: UnknownIssuer"), "invalid peer certificate: UnknownIssuer");

        #[track_caller]
        fn check(error: io::Error, told: &str) {
            assert_eq!(cause(&error), told);
        }
    }
}
