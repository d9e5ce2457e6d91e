//! What is said of a run that did not get what it was asked for.

use crate::command::advice::advice;
use crate::command::output_failed;
use crate::exit::Exit;
use crate::pull::Failure;
use crate::receipt::Receipt;
use crate::record::Lane;

/// The line for a hashtag that failed.
pub(super) fn say(failure: &Failure, receipt: &Receipt, kept: &str) {
    let tag = receipt.tag.as_deref().unwrap_or_default();
    match failure {
        Failure::Output(error) => {
            let refusal = output_failed(error);
            if refusal.exit != Exit::ReaderClosed {
                tracing::error!("{tag}: {}{kept}", refusal.words);
            }
        }
        Failure::Store(error) => tracing::error!("{tag}: {error}{kept}"),
        Failure::Source(error) => {
            let share = match (receipt.written, receipt.asked) {
                (0, _) => String::new(),
                (written, Some(asked)) => format!("{written} of {asked}: "),
                (written, None) => format!("{written} written: "),
            };
            let asked: Vec<Lane> = receipt.lanes.iter().map(|asked| asked.lane).collect();
            let advice = advice(error.verdict, &asked);
            tracing::error!("{tag}: {share}{error}; {advice}{kept}");
        }
    }
}
