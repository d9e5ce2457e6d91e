//! `report`: sums up the records of a file or a store, as tables, as JSON or as a page.

use std::fmt;
use std::fs::{self, File};
use std::io::{self, IsTerminal as _, Read, Write as _};
use std::path::{Path, PathBuf};

use terminal_size::{Width, terminal_size};

use super::{Refusal, print, print_whole};
use crate::cli::{Apart, Environment, ReportArgs};
use crate::exit::Exit;
use crate::input::HashtagName;
use crate::report::{self, Gathered, ReadError, Report, Unread};
use crate::signals::Signals;
use crate::sink::OutputError;
use crate::store::{self, Kept, Place};
use crate::words::counted;

/// How wide lines are for whoever is no terminal.
const WIDTH: usize = 80;
/// The narrowest terminal that tables are cut for.
const NARROWEST: usize = 40;
/// How every SQLite file begins.
const SQLITE: &[u8; 16] = b"SQLite format 3\0";
/// What files of records are.
const READS: &str = "report reads what pull and import write into .jsonl or .json, .gz and .zst \
                     too, without --raw, --preset and --fields";

pub(super) async fn run(
    args: ReportArgs,
    environment: &Environment,
    mut signals: Signals,
) -> Result<Exit, Refusal> {
    if let Some(path) = &args.html {
        check_free(path, args.overwrite)?;
        check_folder(path)?;
    }
    let place = place(&args, environment)?;
    check_apart(&place, &args)?;
    let gather = gather(place, args.name.clone());
    let gathered = tokio::select! {
        signal = signals.raised() => return Ok(Exit::Signal(signal)),
        gathered = gather => gathered?,
    };
    let report = Report::of(gathered, args.top.into());
    if report.totals.videos == 0 {
        tracing::warn!("there are no records to sum up");
    }
    tell(&report, &args)?;
    Ok(Exit::Ok)
}

/// Whether the page goes somewhere else than what is read, and than what else is printed.
fn check_apart(place: &Place, args: &ReportArgs) -> Result<(), Refusal> {
    let read = match place {
        Place::File(path) => Some(path.as_path()),
        Place::Server(_) => None,
    };
    let page = args.html.as_deref();
    if args.json && page == Some(Path::new("-")) {
        let words = "--json and --html - both go to standard output; give --html a file";
        return Err(Refusal::usage(words));
    }
    let files = Apart::default().reads("FILE", read).writes("--html", page);
    files.check().map_err(Refusal::usage)
}

fn tell(report: &Report, args: &ReportArgs) -> Result<(), Refusal> {
    if let Some(path) = &args.html {
        write_page(path, &report::page(report))?;
    }
    if args.json {
        return print(&crate::sink::safe_json(report));
    }
    if args.html.is_some() {
        return Ok(());
    }
    print_whole(report::text(report, width()).as_bytes())
}

/// Where the records are: as typed, else the store of the environment.
fn place(args: &ReportArgs, environment: &Environment) -> Result<Place, Refusal> {
    if !args.more.is_empty() {
        let words = "report sums up one file or one store; ".to_owned();
        return Err(Refusal::usage(words + &together(&"out/*.jsonl")));
    }
    if let Some(place) = args.place.clone() {
        return Ok(place);
    }
    let Some(store) = environment.get("TIKTOK_HASHTAG_STORE") else {
        let words = "name a file of records or a store, e.g. tiktok-hashtag report travel.jsonl";
        return Err(Refusal::usage(words));
    };
    let place = store.parse::<Place>();
    place.map_err(|error| Refusal::usage(format!("TIKTOK_HASHTAG_STORE: {error}")))
}

async fn gather(place: Place, name: Option<HashtagName>) -> Result<Gathered, Refusal> {
    match place {
        Place::File(path) if !is_sqlite(&path)? => {
            // A file may be a pipe that gives nothing for a long time.
            let read = tokio::task::spawn_blocking(move || read_file(&path, name.as_ref()));
            let lost = |error| Refusal::new(Exit::Internal, format!("reading failed: {error}"));
            read.await.map_err(lost)?
        }
        store => read_store(&store, name.as_ref()).await,
    }
}

/// Whether it is a database, told by its first bytes. What is no ordinary file is none.
fn is_sqlite(path: &Path) -> Result<bool, Refusal> {
    if path == Path::new("-") || fs::metadata(path).is_ok_and(|found| !found.is_file()) {
        return Ok(false);
    }
    let mut start = Vec::new();
    let file = File::open(path).map_err(|error| unreadable(path, &error))?;
    let mut file = file.take(SQLITE.len() as u64);
    file.read_to_end(&mut start)
        .map_err(|error| unreadable(path, &error))?;
    Ok(start == SQLITE)
}

fn read_file(path: &Path, name: Option<&HashtagName>) -> Result<Gathered, Refusal> {
    let mut gathered = Gathered::default();
    let unread = if path == Path::new("-") {
        report::read(io::stdin().lock(), name, &mut gathered)
    } else {
        let file = File::open(path).map_err(|error| unreadable(path, &error))?;
        report::read(file, name, &mut gathered)
    };
    let unread = unread.map_err(|error| match error {
        ReadError::Io(error) => unreadable(path, &error),
        ReadError::Foreign(_) => {
            let words = format!("{} {error}; {READS}", path.display());
            Refusal::new(Exit::Data, words)
        }
        error => Refusal::new(Exit::Data, format!("{}: {error}", path.display())),
    })?;
    check_read(path, &unread)?;
    Ok(gathered)
}

/// Says which lines are no record; a file that holds nothing else is refused.
fn check_read(path: &Path, unread: &Unread) -> Result<(), Refusal> {
    let Some(first) = unread.first else {
        return Ok(());
    };
    let path = path.display();
    if unread.is_all {
        let words = format!("{path}: line {first} is no record, nor is any other; {READS}");
        return Err(Refusal::new(Exit::Data, words));
    }
    let lines = counted(unread.lines, "line", "lines");
    tracing::warn!("{path}: skipped {lines} that hold no record, the first is line {first}");
    Ok(())
}

async fn read_store(place: &Place, name: Option<&HashtagName>) -> Result<Gathered, Refusal> {
    let (mut gathered, mut unread) = (Gathered::default(), 0);
    let take = |kept: Kept<'_>| match kept {
        Kept::Record(text) => match serde_json::from_str(text) {
            Ok(record) => gathered.add(record),
            Err(_) => unread += 1,
        },
        Kept::Sighting { id, at, plays } => gathered.add_sighting(id, at, plays),
    };
    store::read(place, name.map(HashtagName::as_str), take).await?;
    if let Some(name) = name {
        gathered.found_under(name);
    }
    if unread > 0 {
        let records = counted(unread, "record", "records");
        tracing::warn!("{place}: skipped {records} of another version");
    }
    Ok(gathered)
}

fn unreadable(path: &Path, error: &io::Error) -> Refusal {
    let shown = path.display();
    if error.kind() == io::ErrorKind::IsADirectory {
        let all = path.join("*.jsonl");
        let together = together(&all.display());
        return Refusal::usage(format!(
            "{shown} is a folder; name a file in it, or {together}"
        ));
    }
    Refusal::usage(format!("cannot read {shown}: {error}"))
}

/// How several files are summed up.
fn together(files: &impl fmt::Display) -> String {
    format!("put several together: cat {files} | tiktok-hashtag report -")
}

/// Refuses to replace what is there, before anything is read.
fn check_free(path: &Path, overwrite: bool) -> Result<(), Refusal> {
    let found = fs::metadata(path).ok().filter(fs::Metadata::is_file);
    if found.is_some_and(|found| found.len() > 0) && !overwrite {
        let words = format!(
            "{} is not empty; replace it with --overwrite",
            path.display()
        );
        return Err(Refusal::usage(words));
    }
    Ok(())
}

/// Refuses a page in a folder that is not there. The empty name is the current folder's.
fn check_folder(path: &Path) -> Result<(), Refusal> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let Some(missing) = folder.filter(|folder| !folder.exists()) else {
        return Ok(());
    };
    let words = format!(
        "cannot write {}: there is no folder {}; make it, or choose another --html",
        path.display(),
        missing.display()
    );
    Err(Refusal::new(Exit::Output, words))
}

/// Writes the page beside its place and renames it, so that nobody sees half of it.
fn write_page(path: &Path, page: &str) -> Result<(), Refusal> {
    if path == Path::new("-") {
        return print_whole(page.as_bytes());
    }
    let is_special = fs::metadata(path).is_ok_and(|found| !found.is_file());
    let written = if is_special {
        fs::write(path, page)
    } else {
        replace(&target_of(path), page)
    };
    written.map_err(|error| {
        let path = path.to_owned();
        OutputError::Io { path, error }.into()
    })
}

fn replace(path: &Path, page: &str) -> io::Result<()> {
    let folder = path.parent().filter(|folder| *folder != Path::new(""));
    let mut builder = tempfile::Builder::new();
    builder.prefix(".report-").suffix(".partial");
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let beside = builder.tempfile_in(folder.unwrap_or_else(|| Path::new(".")));
    // The words would be of a name that nobody gave.
    let mut beside = beside.map_err(|error| io::Error::from(error.kind()))?;
    beside.write_all(page.as_bytes())?;
    beside.as_file().sync_all()?;
    beside.persist(path)?;
    Ok(())
}

/// Where a link leads: what is replaced is the file, not the link.
fn target_of(path: &Path) -> PathBuf {
    fs::canonicalize(path).unwrap_or_else(|_| path.to_owned())
}

/// How wide the terminal is that reads along.
fn width() -> usize {
    let terminal = io::stdout().is_terminal().then(terminal_size).flatten();
    terminal.map_or(WIDTH, |(Width(width), _)| usize::from(width).max(NARROWEST))
}
