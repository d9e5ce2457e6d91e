//! Where browsers of the Chromium family are: on PATH, then in the usual places of each system.

use std::env;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// Their commands, the freest first.
const COMMANDS: [&str; 9] = [
    "chromium",
    "chromium-browser",
    "google-chrome-stable",
    "google-chrome",
    "chrome",
    "microsoft-edge-stable",
    "microsoft-edge",
    "brave-browser",
    "brave",
];

/// Folders that PATH may lack, as under cron.
const FOLDERS: [&str; 6] = [
    "/usr/local/bin",
    "/usr/bin",
    "/snap/bin",
    "/opt/google/chrome",
    "/opt/microsoft/msedge",
    "/opt/brave.com/brave",
];

/// Programs inside macOS's application folders.
const APPLICATIONS: [&str; 4] = [
    "Chromium.app/Contents/MacOS/Chromium",
    "Google Chrome.app/Contents/MacOS/Google Chrome",
    "Microsoft Edge.app/Contents/MacOS/Microsoft Edge",
    "Brave Browser.app/Contents/MacOS/Brave Browser",
];

/// Programs below Windows' program folders.
const PROGRAMS: [&str; 4] = [
    r"Chromium\Application\chrome.exe",
    r"Google\Chrome\Application\chrome.exe",
    r"Microsoft\Edge\Application\msedge.exe",
    r"BraveSoftware\Brave-Browser\Application\brave.exe",
];

/// The first browser found on this machine.
pub(super) fn browser() -> Option<PathBuf> {
    candidates(env::var_os("PATH").as_deref(), |name| {
        env::var_os(name).map(PathBuf::from)
    })
    .into_iter()
    .find(|path| is_program(path))
}

/// What a user is told when there is none.
pub(super) fn none_found() -> String {
    format!(
        "no Chromium-based browser found (looked for {} on PATH and in the usual places); install \
         one or pass --browser PATH",
        COMMANDS.join(", ")
    )
}

/// Whether a file can be run.
#[cfg(unix)]
pub(super) fn is_program(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    path.metadata()
        .is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

/// Whether a file can be run.
#[cfg(not(unix))]
pub(super) fn is_program(path: &Path) -> bool {
    path.is_file()
}

/// Every place to look at, in order; `folder` gives the folder a variable of the system names.
fn candidates(path: Option<&OsStr>, folder: impl Fn(&str) -> Option<PathBuf>) -> Vec<PathBuf> {
    let on_path: Vec<PathBuf> = path.map(env::split_paths).into_iter().flatten().collect();
    let folders = FOLDERS.iter().map(PathBuf::from).filter(|_| cfg!(unix));
    let mut places: Vec<PathBuf> = on_path
        .into_iter()
        // An empty entry of PATH is the current folder, where anybody may have put anything.
        .filter(|folder| folder.is_absolute())
        .chain(folders)
        .flat_map(|folder| COMMANDS.map(|command| folder.join(executable(command))))
        .collect();
    if cfg!(target_os = "macos") {
        let home = folder("HOME").map(|home| home.join("Applications"));
        let homes = [Some(PathBuf::from("/Applications")), home];
        places.extend(below(homes, &APPLICATIONS));
    }
    if cfg!(windows) {
        let homes = ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"].map(folder);
        places.extend(below(homes, &PROGRAMS));
    }
    places
}

fn executable(command: &str) -> String {
    format!("{command}{}", env::consts::EXE_SUFFIX)
}

fn below<'a>(
    folders: impl IntoIterator<Item = Option<PathBuf>> + 'a,
    programs: &'a [&'a str],
) -> impl Iterator<Item = PathBuf> + 'a {
    let folders = folders.into_iter().flatten();
    folders.flat_map(|folder| programs.iter().map(move |program| folder.join(program)))
}

#[cfg(all(test, unix))]
mod tests {
    use super::{candidates, is_program, none_found};
    use std::ffi::OsStr;
    use std::fs;
    use std::os::unix::fs::PermissionsExt as _;

    #[test]
    fn path_comes_first_and_only_programs_count() {
        let folder = tempfile::tempdir().unwrap();
        let path = format!(":relative:{}", folder.path().display());
        let found = |path: &str| {
            candidates(Some(OsStr::new(path)), |_| None)
                .into_iter()
                .find(|place| place.starts_with(folder.path()) && is_program(place))
        };
        let candidate = folder.path().join("google-chrome");
        fs::write(&candidate, "").unwrap();
        assert_eq!(found(&path), None);
        fs::set_permissions(&candidate, fs::Permissions::from_mode(0o755)).unwrap();
        assert_eq!(found(&path), Some(candidate));
        let first = candidates(Some(OsStr::new(&path)), |_| None).remove(0);
        assert!(first.starts_with(folder.path()), "{first:?}");
    }

    #[test]
    fn without_a_path_the_usual_places_are_left() {
        let places = candidates(None, |_| None);
        assert!(places.contains(&"/usr/bin/chromium".into()));
        assert!(none_found().contains("brave-browser"));
    }
}
