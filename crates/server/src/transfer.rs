//! What comes in from files: customers and activities, row by row, exactly once, with a report of what was refused.

mod decoding;
mod records;
