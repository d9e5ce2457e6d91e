//! What makes two runs parts of one: the same output, hashtags, region, format, filters and source.

use std::path::{Path, PathBuf};

use crate::input::{Filter, Planned, Query, Region};

/// Seconds after its last page at which an unfinished job is forgotten.
#[cfg(feature = "store")]
pub(crate) const LIFE: i64 = 24 * 3_600;

/// What stands for the hashtags of a run that takes them from the store.
const FROM_STORE: &str = "from-store";

/// What stands between the format and the filter.
const BETWEEN: &str = "; ";

/// What a run is asked to do, as far as a later one must be asked the same to go on with it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Where the records go: this machine and a file of it, or all of the job for a stream, of
    /// which there may be many.
    pub(crate) output: String,
    /// The hashtags in order, or that they are the store's.
    pub(crate) hashtags: String,
    /// The region of each.
    pub(crate) region: String,
    /// The form of what is written, and which videos are.
    pub(crate) format: String,
    /// The `--source`.
    pub(crate) source: String,
    /// Whether a later run may go on with it.
    pub(crate) may_go_on: bool,
    /// Whether it begins at the top whatever an earlier run left.
    pub(crate) is_anew: bool,
}

impl Job {
    /// The job of pulling `planned` into `file`, `None` for standard output.
    #[must_use]
    pub fn new(planned: &[Planned], file: Option<&Path>, format: String, source: String) -> Self {
        let hashtags = joined(planned, |planned| match planned {
            Planned::Query(query) => query.name.to_string(),
            Planned::ShortLink(short) => short.link.to_string(),
        });
        let region = joined(planned, |planned| {
            match planned {
                Planned::Query(Query { region, .. }) => region.map(|it| it.to_string()),
                Planned::ShortLink(short) => short.region.map(|it| it.to_string()),
            }
            .unwrap_or_default()
        });
        let format = filtered(format, planned.iter().map(Planned::filter));
        // As long as the hashtags are many, which no index takes.
        let all = format!("{hashtags} {region} {format} {source}");
        let stream = || format!("- {:016x}", digest(&all));
        Self {
            output: place(file, stream),
            hashtags,
            region,
            format,
            source,
            may_go_on: true,
            is_anew: false,
        }
    }

    /// The same, but that no later run may go on with it: what is in its output before its end
    /// cannot be added to.
    #[must_use]
    pub fn in_one_go(self) -> Self {
        Self {
            may_go_on: false,
            is_anew: true,
            ..self
        }
    }

    /// The same, begun at the top: what an earlier run wrote is not where this one writes. A later
    /// run may go on with this one.
    #[must_use]
    pub fn anew(self) -> Self {
        Self {
            is_anew: true,
            ..self
        }
    }

    /// The job of importing what of `files` meets `filter` under a hashtag's name into `file`.
    #[must_use]
    pub fn of_import(
        files: &[PathBuf],
        query: Option<&Query>,
        filter: &Filter,
        file: Option<&Path>,
        format: String,
    ) -> Self {
        let names = files.iter().map(|file| real(file).display().to_string());
        let names = digest(&names.collect::<Vec<_>>().join("\n"));
        let source = format!("import of {} files, {names:016x}", files.len());
        let planned: Vec<Planned> = query.cloned().map(Planned::Query).into_iter().collect();
        let format = match query {
            Some(_) => format,
            None => filtered(format, [filter].into_iter()),
        };
        Self::new(&planned, file, format, source)
    }

    /// The job of pulling what is due of the store's own hashtags into `file`, `None` for standard
    /// output: any number of runs may write to that at a time, so each is a job of its own there.
    #[must_use]
    pub fn from_store(
        region: Option<Region>,
        filter: &Filter,
        file: Option<&Path>,
        format: String,
        source: String,
    ) -> Self {
        let format = filtered(format, [filter].into_iter());
        let stream = || format!("- {FROM_STORE} {:x}", fastrand::u64(..));
        Self {
            output: place(file, stream),
            hashtags: FROM_STORE.to_owned(),
            region: region.map(|it| it.to_string()).unwrap_or_default(),
            format,
            source,
            may_go_on: file.is_some(),
            is_anew: false,
        }
    }

    /// Whether the hashtags are the store's.
    #[cfg(feature = "store")]
    pub(crate) fn is_from_store(&self) -> bool {
        self.hashtags == FROM_STORE
    }

    /// Which parameter an unfinished job of the same output has otherwise.
    #[cfg(feature = "store")]
    pub(crate) fn differs_in(&self, other: &Self) -> Option<&'static str> {
        let [ours, theirs] = [self, other].map(|job| {
            let parts = job.format.split_once(BETWEEN);
            parts.unwrap_or((job.format.as_str(), ""))
        });
        let parameters = [
            (
                "other hashtags",
                self.hashtags.as_str(),
                other.hashtags.as_str(),
            ),
            ("another region", &self.region, &other.region),
            ("another format", ours.0, theirs.0),
            ("another filter", ours.1, theirs.1),
            ("another source", &self.source, &other.source),
        ];
        let different = parameters.iter().find(|(_, ours, theirs)| ours != theirs);
        different.map(|&(name, _, _)| name)
    }
}

/// A place in a feed that a later run can find again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Waypoint {
    /// The lane whose cursors these are.
    pub lane: String,
    /// The cursor of the last page; `None` for the first one.
    pub previous: Option<String>,
    /// The cursor of the next page; `None` after the last one.
    pub next: Option<String>,
    /// Entries of the feed before the last page.
    pub before: u64,
}

/// `format` with the filter, or with each hashtag's where they have their own.
fn filtered<'a>(format: String, filters: impl Iterator<Item = &'a Filter>) -> String {
    let mut filters: Vec<String> = filters.map(Filter::to_string).collect();
    if filters.windows(2).all(|pair| pair[0] == pair[1]) {
        filters.truncate(1);
    }
    let filters = filters.join(",");
    if filters.is_empty() {
        format
    } else {
        format!("{format}{BETWEEN}{filters}")
    }
}

fn joined(planned: &[Planned], each: impl Fn(&Planned) -> String) -> String {
    planned.iter().map(each).collect::<Vec<_>>().join(",")
}

/// FNV-1a: a short name for a long text, the same in every version.
fn digest(text: &str) -> u64 {
    let start = 0xcbf2_9ce4_8422_2325_u64;
    text.bytes().fold(start, |digest, byte| {
        (digest ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

/// Where the records go, on whichever machine: a file of this one, or `stream`.
fn place(file: Option<&Path>, stream: impl FnOnce() -> String) -> String {
    let place = file.map_or_else(stream, |file| real(file).display().to_string());
    format!("{}:{place}", machine())
}

/// `file` by the one name all its names lead to.
fn real(file: &Path) -> PathBuf {
    if let Ok(real) = file.canonicalize() {
        return real;
    }
    let folder = match file.parent() {
        Some(folder) if folder != Path::new("") => folder,
        _ => Path::new("."),
    };
    match (folder.canonicalize(), file.file_name()) {
        (Ok(folder), Some(name)) => folder.join(name),
        _ => file.to_owned(),
    }
}

/// This machine's name: the same path on another one is another file.
#[cfg(all(unix, feature = "store"))]
fn machine() -> String {
    let system = rustix::system::uname();
    system.nodename().to_string_lossy().into_owned()
}

#[cfg(not(all(unix, feature = "store")))]
fn machine() -> String {
    std::env::var("COMPUTERNAME").unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::path::{Path, PathBuf};

    use super::{Job, digest};
    use crate::input::Filter;
    #[cfg(feature = "store")]
    use crate::input::{Limit, Query};

    #[test]
    fn a_digest_is_what_it_always_was() {
        assert_eq!(digest(""), 0xcbf2_9ce4_8422_2325);
        assert_eq!(digest("foobar"), 0x8594_4171_f739_67e8);
    }

    #[test]
    fn an_import_is_its_files_by_any_name() {
        let job = |names: &[&str], file: Option<&str>| {
            let files: Vec<PathBuf> = names.iter().map(PathBuf::from).collect();
            let (file, format) = (file.map(Path::new), "jsonl".to_owned());
            Job::of_import(&files, None, &Filter::default(), file, format)
        };
        let into = Some("out.jsonl");
        assert_eq!(job(&["src", "a"], into), job(&["./src", "./a"], into));
        assert_ne!(job(&["a", "b"], into), job(&["b", "a"], into));
        assert_eq!(job(&["a"], into).output, job(&["b"], into).output);
        assert_ne!(job(&["a"], None).output, job(&["b"], None).output);
    }

    #[cfg(feature = "store")]
    #[test]
    fn another_filter_is_another_job() {
        let named = "travel".parse().map(|name| Query {
            name,
            url: None,
            region: None,
            limit: Limit::All,
            filter: std::sync::Arc::default(),
        });
        let named = named.expect("a name");
        let job = |named: Option<&Query>, min_plays| {
            let filter = Filter {
                min_plays,
                ..Filter::default()
            };
            let query = named.cloned().map(|query| Query {
                filter: filter.clone().into(),
                ..query
            });
            let (file, format) = (Some(Path::new("out.jsonl")), "jsonl".to_owned());
            Job::of_import(&[], query.as_ref(), &filter, file, format)
        };
        for named in [None, Some(&named)] {
            assert_eq!(job(named, None).format, "jsonl");
            assert_eq!(job(named, Some(1)).differs_in(&job(named, Some(1))), None);
            for other in [None, Some(2)] {
                let difference = job(named, Some(1)).differs_in(&job(named, other));
                assert_eq!(difference, Some("another filter"), "{other:?}");
            }
        }
    }
}
