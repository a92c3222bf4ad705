//! The pictures of the book are what the commands beside them draw. The traces of the
//! gallery are not part of the project: where the folder `shared/data` lies beside it they are used, elsewhere
//! these tests say that they are skipped. `EVENKEEL_WRITE_PICTURES=1` writes the pictures again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs};

use crate::root;
use crate::skipped::skipped;

/// A command that draws, and which of its pictures are shown.
struct Drawn {
    command: String,
    folder: String,
    pictures: Vec<String>,
}

/// The commands of a page, each with the pictures that are shown before the next one.
fn drawn(page: &str) -> Vec<Drawn> {
    let mut all: Vec<Drawn> = Vec::new();
    for line in page.lines() {
        if let Some((_, folder)) = line.split_once(" --plot docs/pictures/") {
            all.push(Drawn {
                command: line.to_owned(),
                folder: folder.to_owned(),
                pictures: Vec::new(),
            });
        }
        let Some(last) = all.last_mut() else { continue };
        let folder = format!("pictures/{}/", last.folder);
        let shown = line.split(&folder).skip(1);
        let names = shown.filter_map(|rest| rest.split_once(".svg)"));
        last.pictures.extend(names.map(|(name, _)| name.to_owned()));
    }
    all
}

/// The words of a command, with the files that a star stands for and another folder for the plots.
fn arguments(command: &str, traces: &str, folder: &Path) -> Vec<String> {
    let mut words = Vec::new();
    for word in command.split(' ').skip(1) {
        match word.split_once("/*") {
            Some((of, ending)) => {
                let files = fs::read_dir(root().join(of)).unwrap();
                let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
                let mut names: Vec<_> = names.filter(|name| name.ends_with(ending)).collect();
                names.sort();
                words.extend(names.iter().map(|name| format!("{of}/{name}")));
            }
            None => words.push(word.replace("$TRACES", traces)),
        }
    }
    words.pop();
    words.push(folder.display().to_string());
    words
}

fn check(drawn: &Drawn, traces: &str) {
    let folder = tempfile::tempdir().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_evenkeel"))
        .args(arguments(&drawn.command, traces, folder.path()))
        .current_dir(root())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{}: {said}", drawn.command);
    assert!(
        !drawn.pictures.is_empty(),
        "{} shows nothing",
        drawn.command
    );
    let kept = root().join("docs/pictures").join(&drawn.folder);
    for picture in &drawn.pictures {
        let name = format!("{picture}.svg");
        let is = fs::read(folder.path().join(&name)).unwrap();
        let kept = kept.join(&name);
        if env::var_os("EVENKEEL_WRITE_PICTURES").is_some() {
            fs::create_dir_all(kept.parent().unwrap()).unwrap();
            fs::write(&kept, &is).unwrap();
        }
        assert!(
            fs::read(&kept).unwrap() == is,
            "{} is another picture",
            kept.display()
        );
    }
}

/// The folder of the traces, if it is there.
fn traces() -> Option<PathBuf> {
    let folder = root().join("../shared/data");
    folder.is_dir().then_some(folder)
}

#[test]
fn the_pages_show_what_their_commands_draw() {
    let pages = [
        include_str!("../docs/plan.md"),
        include_str!("../docs/reports.md"),
        include_str!("../docs/simulate.md"),
    ];
    let drawn = drawn(&pages.join("\n"));
    let kinds = ["compare", "plan", "simulate", "agreement"];
    for kind in kinds {
        let command = format!("evenkeel {kind} ");
        assert!(
            drawn
                .iter()
                .any(|drawn| drawn.command.starts_with(&command)),
            "{kind}"
        );
    }
    drawn.iter().for_each(|drawn| check(drawn, ""));
}

#[test]
fn the_gallery_shows_what_its_commands_draw() {
    let drawn = drawn(include_str!("../docs/gallery.md"));
    assert!(drawn.len() >= 5);
    let traces = traces();
    for drawn in drawn {
        match &traces {
            None if drawn.command.contains("$TRACES") => {
                skipped(&format!("`{}` needs ../shared/data", drawn.command));
            }
            _ => check(
                &drawn,
                &traces
                    .as_deref()
                    .unwrap_or(Path::new(""))
                    .display()
                    .to_string(),
            ),
        }
    }
}

/// No picture is kept that is not shown.
#[test]
fn every_picture_is_shown() {
    let mut pages = String::new();
    for entry in fs::read_dir(root().join("docs")).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            pages += &fs::read_to_string(path).unwrap();
        }
    }
    let mut folders = vec![root().join("docs/pictures")];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let name = path.strip_prefix(root().join("docs")).unwrap();
            assert!(pages.contains(name.to_str().unwrap()), "{}", name.display());
        }
    }
}
