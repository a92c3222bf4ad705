use std::collections::BTreeSet;
use std::path::Path;

use super::{Page, pages, root};

/// The anchors of a page, made of its headings as code hosts and mdBook make them.
fn anchors(page: &Page) -> BTreeSet<String> {
    let headings = page.prose().filter(|line| line.starts_with('#'));
    let anchor = |heading: &str| {
        let kept = |&letter: &char| letter.is_alphanumeric() || "-_ ".contains(letter);
        let kept = heading.trim_start_matches('#').trim().chars().filter(kept);
        kept.collect::<String>().to_lowercase().replace(' ', "-")
    };
    headings.map(anchor).collect()
}

/// What the links and images of a page lead to.
fn targets(page: &Page) -> Vec<String> {
    let ends = [("](", ')'), ("src=\"", '"')];
    let of = |line: &str, (start, end): (&str, char)| {
        let rests = line.split(start).skip(1);
        let targets = rests.filter_map(|rest| Some(rest.split_once(end)?.0.to_owned()));
        targets.collect::<Vec<_>>()
    };
    let lines = page.prose();
    lines
        .flat_map(|line| ends.map(|ends| of(line, ends)).concat())
        .collect()
}

#[test]
fn every_link_leads_somewhere() {
    let others = ["CHANGELOG.md", "CONTRIBUTING.md", "docs/SUMMARY.md"].map(Page::read);
    for page in pages().iter().chain(&others) {
        for target in targets(page) {
            if target.contains("://") {
                continue;
            }
            let (file, anchor) = target.split_once('#').unwrap_or((&target, ""));
            let folder = Path::new(&page.name).parent().unwrap();
            let name = match file {
                "" => page.name.clone(),
                file => folder.join(file).to_str().unwrap().to_owned(),
            };
            assert!(
                root().join(&name).exists(),
                "{}: {target} is not there",
                page.name
            );
            assert!(
                anchor.is_empty() || anchors(&Page::read(&name)).contains(anchor),
                "{}: {target} has no such heading",
                page.name
            );
        }
    }
}
