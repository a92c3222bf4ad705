//! The README and the book in `docs/` are whole: every page is in the table of contents, every link leads somewhere, and
//! configs, conversations and flags are right. (Their commands are run by `tests/cli.rs`, their Rust by the doc-tests.)

mod blocks;
mod flags;
mod links;

use crate::root;
use std::fs;

/// A Markdown file, named from the root of the package.
struct Page {
    name: String,
    text: String,
}

impl Page {
    fn read(name: &str) -> Self {
        let text = fs::read_to_string(root().join(name));
        Self {
            name: name.to_owned(),
            text: text.unwrap_or_else(|error| panic!("{name}: {error}")),
        }
    }

    /// The blocks of a language.
    fn blocks(&self, language: &str) -> impl Iterator<Item = &str> {
        let start = format!("\n```{language}\n");
        let rests: Vec<_> = self.text.split(&start).skip(1).collect();
        let block = |rest: &str| rest.find("\n```").unwrap_or(rest.len());
        rests.into_iter().map(move |rest| &rest[..block(rest)])
    }

    /// The text without its blocks.
    fn prose(&self) -> impl Iterator<Item = &str> {
        let mut inside = false;
        self.text.lines().filter(move |line| {
            let fence = line.trim_start().starts_with("```");
            inside ^= fence;
            !fence && !inside
        })
    }
}

/// The pages of the book, in the order of its contents.
fn contents() -> Vec<String> {
    let summary = Page::read("docs/SUMMARY.md");
    let page = |line: &str| Some(line.split_once("](")?.1.split_once(')')?.0.to_owned());
    summary.text.lines().filter_map(page).collect()
}

/// The README and all pages.
fn pages() -> Vec<Page> {
    let pages = contents().into_iter();
    let named = pages.map(|page| Page::read(&format!("docs/{page}")));
    [Page::read("README.md")].into_iter().chain(named).collect()
}

#[test]
fn every_page_is_in_the_contents() {
    let files = fs::read_dir(root().join("docs")).unwrap();
    let names = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let mut found: Vec<_> = names.filter(|name| name.ends_with(".md")).collect();
    found.sort();
    let mut listed = contents();
    listed.push("SUMMARY.md".to_owned());
    listed.sort();
    assert_eq!(found, listed);
}

/// It is for the first ten minutes.
#[test]
fn the_readme_is_short() {
    let readme = Page::read("README.md").text;
    assert!(
        readme.lines().count() <= 250,
        "{} lines",
        readme.lines().count()
    );
    assert!(readme.len() <= 15_000, "{} bytes", readme.len());
}
