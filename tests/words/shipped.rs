//! Collects the texts that are shipped: comments and strings of Rust, pages of docs, templates, topics and samples.

use std::fs;
use std::path::{Path, PathBuf};

use crate::root;
use proc_macro2::{TokenStream, TokenTree};

/// The files and folders with shipped texts. `docs/style.md` is excluded, because it lists the banned words.
const ROOTS: &[&str] = &[
    "CHANGELOG.md",
    "README.md",
    "algorithms/README.md",
    "algorithms/examples",
    "algorithms/src",
    "config/README.md",
    "config/src",
    "configs",
    "docs",
    "examples",
    "src",
];

const EXCLUDED: &[&str] = &["docs/style.md"];

/// The texts of one file. Phrases are searched within a paragraph.
pub(crate) struct Text {
    pub(crate) path: PathBuf,
    pub(crate) paragraphs: Vec<Vec<(usize, String)>>,
}

impl Text {
    /// Returns a text of a single line, for tests of the search.
    pub(crate) fn of_one_line(line: &str) -> Self {
        Self {
            path: PathBuf::new(),
            paragraphs: vec![vec![(1, line.to_owned())]],
        }
    }

    fn read(path: &Path) -> Option<Self> {
        let ending = path.extension()?.to_str()?;
        let read = || fs::read_to_string(root().join(path)).unwrap();
        let paragraphs = match ending {
            "rs" => of_rust(&read()),
            "md" => of_markdown(&read()),
            "yaml" | "py" => of_comments(&read(), "#"),
            "html" | "js" | "txt" => of_plain(&read()),
            _ => return None,
        };
        let path = path.to_path_buf();
        Some(Self { path, paragraphs })
    }
}

/// Returns all shipped texts.
pub(crate) fn texts() -> Vec<Text> {
    let mut files = Vec::new();
    for path in ROOTS {
        collect(Path::new(path), &mut files);
    }
    let texts = files.iter().filter_map(|path| Text::read(path));
    let texts: Vec<_> = texts.collect();
    assert!(texts.len() > 300, "only {} texts", texts.len());
    texts
}

fn collect(path: &Path, files: &mut Vec<PathBuf>) {
    let full = root().join(path);
    if EXCLUDED.iter().any(|excluded| Path::new(excluded) == path) {
        return;
    }
    if full.is_dir() {
        let entries = fs::read_dir(full).unwrap();
        let mut names: Vec<_> = entries.map(|entry| entry.unwrap().file_name()).collect();
        names.sort();
        for name in names {
            collect(&path.join(name), files);
        }
    } else if full.is_file() {
        files.push(path.to_path_buf());
    }
}

/// Returns the comments of Rust, each block of lines as a paragraph, and each string literal.
fn of_rust(text: &str) -> Vec<Vec<(usize, String)>> {
    let mut paragraphs = of_comments(text, "//");
    strings(text.parse().unwrap(), &mut paragraphs);
    paragraphs
}

fn strings(tokens: TokenStream, paragraphs: &mut Vec<Vec<(usize, String)>>) {
    let mut after_hash = false;
    for token in tokens {
        match token {
            // Attributes with doc comments are comments, which are read as lines.
            TokenTree::Group(group) => {
                let first = group
                    .stream()
                    .into_iter()
                    .next()
                    .map(|token| token.to_string());
                if !(after_hash && first.as_deref() == Some("doc")) {
                    strings(group.stream(), paragraphs);
                }
            }
            TokenTree::Literal(literal) => {
                let line = literal.span().start().line;
                let source = literal.to_string();
                if let Ok(string) = syn::parse_str::<syn::LitStr>(&source) {
                    let value = string.value();
                    // A line of the value has a line of its own, unless line ends are written as escapes.
                    let is_verbatim = source.lines().count() == value.lines().count();
                    let of = |index| line + if is_verbatim { index } else { 0 };
                    let lines = value.lines().enumerate();
                    let lines = lines.map(|(index, words)| (of(index), words.trim().to_owned()));
                    paragraphs.push(lines.collect());
                }
            }
            TokenTree::Punct(punct) => {
                after_hash = punct.as_char() == '#' || (after_hash && punct.as_char() == '!');
                continue;
            }
            TokenTree::Ident(_) => {}
        }
        after_hash = false;
    }
}

/// Returns the blocks of comment lines, including comments after code.
fn of_comments(text: &str, mark: &str) -> Vec<Vec<(usize, String)>> {
    let lines = text.lines().map(|line| {
        let line = line.trim_start();
        let comment = match line.strip_prefix(mark) {
            Some(comment) => Some(comment),
            None => line
                .split_once(&format!(" {mark} "))
                .map(|(_, comment)| comment),
        };
        comment.map(|comment| comment.trim_start_matches(['/', '!', ' ']))
    });
    of_lines(lines)
}

/// Returns the paragraphs of a page, without its blocks of code, whose words are checked where they come from.
fn of_markdown(text: &str) -> Vec<Vec<(usize, String)>> {
    let mut is_code = false;
    let lines = text.lines().map(|line| {
        let is_fence = line.trim_start().starts_with("```");
        is_code ^= is_fence;
        (!is_code && !is_fence).then_some(line)
    });
    of_lines(lines)
}

fn of_plain(text: &str) -> Vec<Vec<(usize, String)>> {
    of_lines(text.lines().map(Some))
}

/// Groups lines into paragraphs, which missing and blank lines separate.
fn of_lines<'t>(lines: impl Iterator<Item = Option<&'t str>>) -> Vec<Vec<(usize, String)>> {
    let mut paragraphs = vec![Vec::new()];
    for (number, line) in lines.enumerate() {
        match line.map(str::trim).filter(|line| !line.is_empty()) {
            Some(line) => {
                let paragraph = paragraphs.last_mut().expect("at least one");
                paragraph.push((number + 1, line.to_owned()));
            }
            None => paragraphs.push(Vec::new()),
        }
    }
    paragraphs.retain(|paragraph| !paragraph.is_empty());
    paragraphs
}
