//! Receipts for programs (`--summary`) and the one line for people.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};

use super::Refusal;
use crate::cli::SummaryTarget;
use crate::exit::Exit;
use crate::receipt::Receipt;
use crate::words::SUMMARY;

/// Where receipts go.
pub(super) struct Summary(Option<Place>);

enum Place {
    Stderr,
    File(File, String),
}

impl Summary {
    /// Opens the place, so that one that cannot be written shows before the first request.
    pub(super) fn open(target: Option<SummaryTarget>) -> Result<Self, Refusal> {
        let place = match target {
            None => None,
            Some(SummaryTarget::Stderr) => Some(Place::Stderr),
            Some(SummaryTarget::File(path)) => {
                let shown = path.display().to_string();
                let file = OpenOptions::new().append(true).create(true).open(&path);
                let file = file.map_err(|error| unwritable(&shown, &error))?;
                Some(Place::File(file, shown))
            }
        };
        Ok(Self(place))
    }

    /// Hands out a closed receipt.
    pub(super) fn add(&mut self, receipt: &Receipt) -> Result<(), Refusal> {
        if receipt.complete {
            tracing::info!(target: SUMMARY, "{}", receipt.line());
        } else {
            tracing::info!("{}", receipt.line());
        }
        let mut line = serde_json::to_string(receipt).expect("a receipt is plain JSON");
        line.push('\n');
        match &mut self.0 {
            None => Ok(()),
            // A stderr that cannot be written changes nothing else.
            Some(Place::Stderr) => {
                let _ = io::stderr().write_all(line.as_bytes());
                Ok(())
            }
            Some(Place::File(file, shown)) => file
                .write_all(line.as_bytes())
                .map_err(|error| unwritable(shown, &error)),
        }
    }
}

fn unwritable(path: &str, error: &io::Error) -> Refusal {
    let words = format!("cannot write the summary {path}: {error}; choose another file");
    Refusal::new(Exit::Output, words)
}
