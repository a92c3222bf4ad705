//! Reads which files of a crate name which others, from the paths in their code.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{TokenStream, TokenTree};
use syn::visit::{self, Visit};
use syn::{Attribute, ImplItem, Item, Meta, UseTree};

/// The files of a crate. A module is called by its path, such as `plan::road`; the root's is empty.
pub(crate) struct Files(BTreeMap<String, File>);

/// A file that holds a module.
pub(crate) struct File {
    pub(crate) path: PathBuf,
    /// The modules of other files that it names, and in which line first.
    pub(crate) arrows: BTreeMap<String, usize>,
    /// All paths in its code, and their lines.
    pub(crate) mentions: Vec<Mention>,
}

/// A path in the code, such as `crate::plan::Road`.
pub(crate) struct Mention {
    pub(crate) names: Vec<String>,
    pub(crate) line: usize,
    /// The module in which it stands, maybe one inside the file.
    scope: Vec<String>,
    /// How a `use` calls it.
    called: Option<String>,
}

impl Files {
    /// Those of a folder with a `lib.rs`; other roots, such as `main.rs`, are crates of their own.
    pub(crate) fn of(folder: &Path) -> Self {
        let mut texts = BTreeMap::new();
        let root = folder.join("lib.rs");
        collect(&root, String::new(), &mut texts);
        Self::read(texts)
    }

    /// Reads texts by the modules that they hold.
    fn read(texts: BTreeMap<String, (PathBuf, String)>) -> Self {
        let known: BTreeSet<String> = texts.keys().cloned().collect();
        let files = texts.into_iter().map(|(module, (path, text))| {
            let mentions = mentions(&module, &text);
            let arrows = arrows(&module, &mentions, &known);
            let file = File {
                path,
                arrows,
                mentions,
            };
            (module, file)
        });
        Self(files.collect())
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = (&str, &File)> {
        self.0.iter().map(|(module, file)| (module.as_str(), file))
    }

    /// The arrows between modules, or between what `group` makes of them.
    pub(crate) fn graph<'a>(
        &'a self,
        group: fn(&'a str) -> &'a str,
    ) -> BTreeMap<&'a str, BTreeSet<&'a str>> {
        let mut graph = BTreeMap::<_, BTreeSet<_>>::new();
        for (module, file) in self.iter() {
            let from = group(module);
            let to = file.arrows.keys().map(|to| group(to));
            let to = to.filter(|&to| to != from);
            graph.entry(from).or_default().extend(to);
        }
        graph
    }
}

/// Takes in a file and those of the modules that it declares.
fn collect(path: &Path, module: String, texts: &mut BTreeMap<String, (PathBuf, String)>) {
    let text = fs::read_to_string(path).unwrap();
    let stem = path.file_stem().unwrap().to_str().unwrap();
    let folder = match stem {
        "lib" | "mod" => path.parent().unwrap().to_path_buf(),
        _ => path.with_extension(""),
    };
    for item in syn::parse_file(&text).unwrap().items {
        let Item::Mod(declared) = item else { continue };
        if declared.content.is_some() || is_test(&declared.attrs) {
            continue;
        }
        let name = declared.ident.to_string();
        let flat = folder.join(&name).with_extension("rs");
        let nested = folder.join(&name).join("mod.rs");
        let file = if flat.exists() { flat } else { nested };
        collect(&file, join(&module, &name), texts);
    }
    texts.insert(module, (path.to_path_buf(), text));
}

fn join(module: &str, name: &str) -> String {
    match module {
        "" => name.to_owned(),
        _ => format!("{module}::{name}"),
    }
}

fn split(module: &str) -> Vec<String> {
    let names = module.split("::").filter(|name| !name.is_empty());
    names.map(str::to_owned).collect()
}

/// Whether something is compiled for tests alone.
fn is_test(attributes: &[Attribute]) -> bool {
    attributes.iter().any(|attribute| match &attribute.meta {
        Meta::List(list) => list.path.is_ident("cfg") && list.tokens.to_string() == "test",
        _ => false,
    })
}

/// The paths of a file's code.
fn mentions(module: &str, text: &str) -> Vec<Mention> {
    let mut reader = Reader {
        scope: split(module),
        mentions: Vec::new(),
    };
    reader.visit_file(&syn::parse_file(text).unwrap());
    reader.mentions
}

/// The modules of other files that paths name.
fn arrows(module: &str, mentions: &[Mention], known: &BTreeSet<String>) -> BTreeMap<String, usize> {
    let own = split(module);
    let mut aliases = BTreeMap::new();
    for mention in mentions {
        let Some(called) = &mention.called else {
            continue;
        };
        let target = resolved(mention, known, &BTreeMap::new());
        // Only a module has paths behind its name.
        if let Some((target, 0)) = target {
            aliases.insert(called.clone(), target);
        }
    }
    let mut arrows = BTreeMap::new();
    for mention in mentions {
        let target = resolved(mention, known, &aliases).map(|(target, _)| target);
        if let Some(target) = target.filter(|target| *target != own) {
            arrows.entry(target.join("::")).or_insert(mention.line);
        }
    }
    arrows
}

/// The deepest module with a file that a path names, and how many names are behind it; none of a path that
/// leads out of the crate.
fn resolved(
    mention: &Mention,
    known: &BTreeSet<String>,
    aliases: &BTreeMap<String, Vec<String>>,
) -> Option<(Vec<String>, usize)> {
    let is_file = |names: &[String]| known.contains(&names.join("::"));
    let (first, mut rest) = mention.names.split_first()?;
    let is_use = mention.called.is_some();
    // A name alone may be anything.
    if rest.is_empty() && !is_use {
        return None;
    }
    let mut base = match first.as_str() {
        "crate" => Vec::new(),
        "self" => mention.scope.clone(),
        "super" => mention.scope[..mention.scope.len().checked_sub(1)?].to_vec(),
        name => {
            let child = [&mention.scope[..], &[name.to_owned()]].concat();
            match aliases.get(name) {
                Some(module) if !is_use => module.clone(),
                _ if is_file(&child) => child,
                _ => return None,
            }
        }
    };
    while let Some((_, more)) = rest.split_first().filter(|(name, _)| *name == "super") {
        base.pop()?;
        rest = more;
    }
    let deepest = (0..=rest.len()).rev().find_map(|taken| {
        let module = [&base[..], &rest[..taken]].concat();
        is_file(&module).then_some((module, rest.len() - taken))
    });
    deepest.or_else(|| {
        // In a module inside a file.
        while !is_file(&base) {
            base.pop()?;
        }
        Some((base, rest.len()))
    })
}

struct Reader {
    scope: Vec<String>,
    mentions: Vec<Mention>,
}

impl Reader {
    fn take(&mut self, names: Vec<String>, line: usize, called: Option<String>) {
        self.mentions.push(Mention {
            names,
            line,
            scope: self.scope.clone(),
            called,
        });
    }

    fn take_use(&mut self, before: &[String], tree: &UseTree) {
        let with = |name: &syn::Ident| {
            let mut names = before.to_vec();
            // `self` in braces is what stands before them.
            if before.is_empty() || name != "self" {
                names.push(name.to_string());
            }
            names
        };
        match tree {
            UseTree::Path(path) => self.take_use(&with(&path.ident), &path.tree),
            UseTree::Name(name) => {
                let (names, line) = (with(&name.ident), line(&name.ident));
                let called = names.last().cloned();
                self.take(names, line, called);
            }
            UseTree::Rename(name) => {
                let (names, line) = (with(&name.ident), line(&name.ident));
                self.take(names, line, Some(name.rename.to_string()));
            }
            UseTree::Glob(glob) => {
                let line = glob.star_token.spans[0].start().line;
                self.take(before.to_vec(), line, Some("*".to_owned()));
            }
            UseTree::Group(group) => {
                group
                    .items
                    .iter()
                    .for_each(|tree| self.take_use(before, tree));
            }
        }
    }

    /// Macros take tokens, in which paths are names between double colons.
    fn take_tokens(&mut self, tokens: TokenStream) {
        let (mut names, mut colons, mut begin) = (Vec::new(), 0, 0);
        for token in tokens {
            match token {
                TokenTree::Ident(name) => {
                    if colons != 2 && !names.is_empty() {
                        self.take(std::mem::take(&mut names), begin, None);
                    }
                    if names.is_empty() {
                        begin = line(&name);
                    }
                    names.push(name.to_string());
                    colons = 0;
                }
                TokenTree::Punct(punct) if punct.as_char() == ':' => colons += 1,
                other => {
                    if !names.is_empty() {
                        self.take(std::mem::take(&mut names), begin, None);
                    }
                    colons = 0;
                    if let TokenTree::Group(group) = other {
                        self.take_tokens(group.stream());
                    }
                }
            }
        }
        if !names.is_empty() {
            self.take(names, begin, None);
        }
    }
}

fn line(name: &syn::Ident) -> usize {
    name.span().start().line
}

impl<'ast> Visit<'ast> for Reader {
    fn visit_item(&mut self, item: &'ast Item) {
        let attributes = match item {
            Item::Const(item) => &item.attrs,
            Item::Enum(item) => &item.attrs,
            Item::Fn(item) => &item.attrs,
            Item::Impl(item) => &item.attrs,
            Item::Macro(item) => &item.attrs,
            Item::Mod(item) => &item.attrs,
            Item::Static(item) => &item.attrs,
            Item::Struct(item) => &item.attrs,
            Item::Trait(item) => &item.attrs,
            Item::Type(item) => &item.attrs,
            Item::Use(item) => &item.attrs,
            _ => return visit::visit_item(self, item),
        };
        if !is_test(attributes) {
            visit::visit_item(self, item);
        }
    }

    fn visit_impl_item(&mut self, item: &'ast ImplItem) {
        let is_left_out = matches!(item, ImplItem::Fn(function) if is_test(&function.attrs));
        if !is_left_out {
            visit::visit_impl_item(self, item);
        }
    }

    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        self.scope.push(module.ident.to_string());
        visit::visit_item_mod(self, module);
        self.scope.pop();
    }

    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.take_use(&[], &item.tree);
    }

    fn visit_path(&mut self, path: &'ast syn::Path) {
        if let Some(first) = path.segments.first() {
            let names = path.segments.iter().map(|part| part.ident.to_string());
            self.take(names.collect(), line(&first.ident), None);
        }
        visit::visit_path(self, path);
    }

    fn visit_macro(&mut self, call: &'ast syn::Macro) {
        self.visit_path(&call.path);
        self.take_tokens(call.tokens.clone());
    }

    // `pub(super)` and doc comments name no other file.
    fn visit_visibility(&mut self, _: &'ast syn::Visibility) {}

    fn visit_attribute(&mut self, _: &'ast Attribute) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(texts: &[(&str, &str)]) -> Files {
        let texts = texts.iter().map(|&(module, text)| {
            let file = (PathBuf::from(module), text.to_owned());
            (module.to_owned(), file)
        });
        Files::read(texts.collect())
    }

    const EXAMPLE: &[(&str, &str)] = &[
        ("", "mod a;\nmod b;\nuse b::c;\npub(crate) struct Root;"),
        (
            "a",
            "//! [`crate::b`]\nuse crate::Root;\nuse super::b::{self, c::Deep as D};\nfn f() -> b::Shallow { format!(\"{}\", b::c::g()) }",
        ),
        (
            "b",
            "mod c;\nmod inside { use super::super::a; }\nfn f() { c::g(std::b::c()); let c = 1; c }",
        ),
        (
            "b::c",
            "use super::Shallow;\n#[cfg(test)]\nmod tests { use crate::a; }\n#[cfg(test)] fn f() { crate::a::f() }",
        ),
    ];

    #[test]
    fn an_arrow_goes_to_the_deepest_file_that_a_path_names() {
        let files = read(EXAMPLE);
        let arrows = |module: &str| {
            let arrows = files.0[module].arrows.iter();
            arrows
                .map(|(to, line)| (to.as_str(), *line))
                .collect::<Vec<_>>()
        };
        assert_eq!(arrows(""), [("b::c", 3)]);
        assert_eq!(arrows("a"), [("", 2), ("b", 3), ("b::c", 3)]);
        assert_eq!(arrows("b"), [("a", 2), ("b::c", 3)]);
    }

    #[test]
    fn tests_and_docs_are_left_out() {
        let files = read(EXAMPLE);
        let arrows: Vec<_> = files.0["b::c"].arrows.keys().collect();
        assert_eq!(arrows, ["b"]);
    }

    #[test]
    fn groups_have_no_arrows_to_themselves() {
        let files = read(EXAMPLE);
        let graph = files.graph(|module| module.split("::").next().unwrap());
        assert_eq!(graph["b"], BTreeSet::from(["a"]));
        assert_eq!(graph["a"], BTreeSet::from(["", "b"]));
    }
}
