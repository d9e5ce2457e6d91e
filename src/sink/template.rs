//! Names of outputs that are made of a hashtag and a day: `out/{tag}/{date}.jsonl`.

use std::fs;
use std::io::{self, ErrorKind};
use std::path::{Component, Path, PathBuf};

use super::OutputError;
use crate::likeness::{likeness, nearest};

/// Stands for the hashtag.
const TAG: &str = "{tag}";
/// Stands for the day, UTC, on which the run began.
const DATE: &str = "{date}";
const NAMES: [&str; 2] = [TAG, DATE];
/// Longest name made of a hashtag, in bytes, with what keeps two long ones apart.
const LONGEST: usize = 100;
const DIGITS: usize = 16;

/// Whether each hashtag gets an output of its own.
#[must_use]
pub fn has_tag(template: &Path) -> bool {
    template.to_str().is_some_and(|text| text.contains(TAG))
}

/// A brace that stands for nothing, with what it encloses, and the name that was most likely meant.
#[must_use]
pub fn stranger(template: &Path) -> Option<(&str, Option<&'static str>)> {
    let mut rest = template.to_str()?;
    while let Some(start) = rest.find(['{', '}']) {
        rest = &rest[start..];
        let Some(name) = NAMES.into_iter().find(|name| rest.starts_with(name)) else {
            let word = enclosed(rest);
            return Some((word, meant(word)));
        };
        rest = &rest[name.len()..];
    }
    None
}

/// A text that begins with a brace up to the one that closes it, where there is one.
fn enclosed(text: &str) -> &str {
    let end = text[1..].find(['{', '}', '/']).map(|end| end + 1);
    match end {
        _ if text.starts_with('}') => "}",
        Some(end) if text[end..].starts_with('}') => &text[..=end],
        Some(end) => &text[..end],
        None => text,
    }
}

/// The name that the first letters in a brace are like.
fn meant(word: &str) -> Option<&'static str> {
    let letters = word.trim_start_matches(|c: char| !c.is_alphabetic());
    let letters = letters.split(|c: char| !c.is_alphabetic()).next()?;
    let letters = format!("{{{}}}", letters.to_lowercase());
    nearest(NAMES, |name| likeness(&letters, name))
}

/// The name with `date` in it, and with `tag` where that is given.
#[must_use]
pub fn filled(template: &Path, tag: Option<&str>, date: &str) -> PathBuf {
    let Some(text) = template.to_str() else {
        return template.to_owned();
    };
    let text = text.replace(DATE, date);
    PathBuf::from(match tag {
        Some(tag) => text.replace(TAG, &safe(tag)),
        None => text,
    })
}

/// A name that no file system takes for anything else: letters, digits and `_`, what is left of the
/// others told apart by a number behind a dash, which no hashtag has.
fn safe(tag: &str) -> String {
    let is_safe = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if !tag.is_empty() && tag.len() <= LONGEST && tag.chars().all(is_safe) {
        return tag.to_owned();
    }
    let kept = tag.chars().filter(|c| is_safe(*c));
    let kept: String = kept.take(LONGEST - DIGITS - 1).collect();
    let kept = if kept.is_empty() { "tag" } else { &kept };
    format!("{kept}-{:0DIGITS$x}", fingerprint(tag))
}

/// FNV-1a, which is the same in every version.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

/// Makes the folders that `path`, made of `template`, needs below those the template names itself.
///
/// # Errors
/// When one cannot be made, or leads elsewhere, and when one that the template names is not there.
pub fn make_folders(template: &Path, path: &Path) -> Result<(), OutputError> {
    let io = |error| OutputError::io(path, error);
    let is_named = |part: &Component<'_>| {
        let text = part.as_os_str().to_string_lossy();
        !text.contains(TAG) && !text.contains(DATE)
    };
    let (Some(asked), Some(folder)) = (template.parent(), path.parent()) else {
        return Ok(());
    };
    let named = asked.components().take_while(is_named).count();
    if named == asked.components().count() {
        return Ok(());
    }
    let made: PathBuf = path.components().take(named).collect();
    let base = if made == Path::new("") {
        Path::new(".")
    } else {
        &made
    };
    let base = match base.canonicalize() {
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(OutputError::no_folder(path, base));
        }
        found => found.map_err(io)?,
    };
    fs::create_dir_all(folder).map_err(io)?;
    if !folder.canonicalize().map_err(io)?.starts_with(base) {
        let words = format!("{} leads out of its folder", folder.display());
        return Err(io(io::Error::new(ErrorKind::InvalidFilename, words)));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;
    use std::path::Path;

    use super::{LONGEST, filled, has_tag, make_folders, safe, stranger};

    #[test]
    fn a_brace_that_stands_for_nothing_is_told_with_what_it_may_mean() {
        for (template, found, meant) in [
            ("out/{tags}.csv", "{tags}", Some("{tag}")),
            ("{tag}{name}", "{name}", None),
            ("{TAG}.csv", "{TAG}", Some("{tag}")),
            ("{Tag}.csv", "{Tag}", Some("{tag}")),
            ("{DATE}.csv", "{DATE}", Some("{date}")),
            ("{ tag }.csv", "{ tag }", Some("{tag}")),
            ("{tag_1}.csv", "{tag_1}", Some("{tag}")),
            ("{tag-name}.csv", "{tag-name}", Some("{tag}")),
            ("{date:%Y}.csv", "{date:%Y}", Some("{date}")),
            ("{tag/out.csv", "{tag", Some("{tag}")),
            ("{tag{date}", "{tag", Some("{tag}")),
            ("{tag}/tag}.csv", "}", None),
            ("a{}b", "{}", None),
            ("{{tag}}", "{", None),
            ("{été", "{été", None),
        ] {
            let stranger = stranger(Path::new(template));
            assert_eq!(stranger, Some((found, meant)), "{template}");
        }
        for template in ["out/{tag}/{date}.csv", "{tag}{date}", "out.csv"] {
            assert_eq!(stranger(Path::new(template)), None, "{template}");
        }
    }

    #[test]
    fn a_plain_hashtag_is_its_own_name_and_no_two_share_one() {
        assert_eq!(safe("travel_2026"), "travel_2026");
        let long = "a".repeat(150);
        let tags = [
            "travel",
            "café",
            "caf",
            "cafè",
            "قهوة",
            "🌻",
            "日落",
            &long,
            &long[..149],
            "..",
            "/etc",
            "-x",
            "",
        ];
        let names: Vec<String> = tags.iter().map(|tag| safe(tag)).collect();
        for name in &names {
            let is_fine = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
            assert!(name.len() <= LONGEST && name.chars().all(is_fine), "{name}");
            assert!(
                name.starts_with(|c: char| c.is_ascii_alphanumeric()),
                "{name}"
            );
        }
        assert_eq!(
            names.iter().collect::<HashSet<_>>().len(),
            tags.len(),
            "{names:?}"
        );
    }

    #[test]
    fn a_name_is_filled_and_only_then_has_folders_made() {
        let template = Path::new("out/{tag}/{date}-{tag}.csv.gz");
        assert!(has_tag(template) && !has_tag(Path::new("{date}.csv")));
        let path = filled(template, Some("x"), "2026-11-25");
        assert_eq!(path, Path::new("out/x/2026-11-25-x.csv.gz"));
        assert_eq!(
            filled(template, None, "d"),
            Path::new("out/{tag}/d-{tag}.csv.gz")
        );

        let folder = tempfile::tempdir().unwrap();
        let template = folder.path().join(template);
        let path = folder.path().join(path);
        assert!(
            make_folders(&template, &path).is_err(),
            "out is named, and not there"
        );
        std::fs::create_dir(folder.path().join("out")).unwrap();
        for _ in 0..2 {
            make_folders(&template, &path).unwrap();
            assert!(path.parent().unwrap().is_dir());
        }
        make_folders(Path::new("{date}.csv"), Path::new("d.csv")).unwrap();
    }

    #[cfg(unix)]
    #[test]
    fn a_folder_that_leads_elsewhere_is_refused() {
        let (folder, other) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        std::os::unix::fs::symlink(other.path(), folder.path().join("x")).unwrap();
        let path = folder.path().join("x/out.csv");
        let error = make_folders(&folder.path().join("{tag}/out.csv"), &path).unwrap_err();
        assert!(
            error.to_string().contains("leads out of its folder"),
            "{error}"
        );
    }
}
