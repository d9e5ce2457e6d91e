//! What reading JSON costs before anything is made of it: every line of a file goes through the
//! parser this program uses, on one thread. `skip` checks each value and drops it, `tree` builds
//! it. Prints only how many lines there were, to be measured from outside as a whole process:
//!
//! `cargo bench --bench parse -- skip FILE`

use std::fs::File;
use std::hint::black_box;
use std::io::{self, BufRead, BufReader, Write};

use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

/// Bytes read at once.
const CHUNK: usize = 1 << 16;

fn main() -> io::Result<()> {
    // Cargo adds switches of its own.
    let mut args = std::env::args()
        .skip(1)
        .filter(|arg| !arg.starts_with("--"));
    let (Some(depth), Some(path)) = (args.next(), args.next()) else {
        return writeln!(io::stderr(), "nothing to do without: skip|tree FILE");
    };
    let file = BufReader::with_capacity(CHUNK, File::open(path)?);
    let lines = match depth.as_str() {
        "skip" => parse::<IgnoredAny>(file)?,
        "tree" => parse::<Value>(file)?,
        _ => return Err(io::Error::other("neither skip nor tree")),
    };
    writeln!(io::stdout(), "{lines}")
}

/// Parses every line, all into the same buffer, and counts them.
fn parse<T: DeserializeOwned>(mut file: impl BufRead) -> io::Result<u64> {
    let mut line = Vec::new();
    let mut lines = 0;
    while file.read_until(b'\n', &mut line)? > 0 {
        black_box(serde_json::from_slice::<T>(&line)?);
        line.clear();
        lines += 1;
    }
    Ok(lines)
}
