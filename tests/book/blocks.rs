use evenkeel::config::Config;
use evenkeel_algorithms::Registry;

use super::{Page, pages};
use crate::protocol::server::on_stdio;

/// Pages with configs of strategies that only a program of the reader's knows.
const OWN_STRATEGIES: [&str; 2] = ["docs/external.md", "docs/your-own-strategy.md"];

#[test]
fn every_config_is_valid() {
    let mut seen = 0;
    let pages = pages().into_iter();
    for page in pages.filter(|page| !OWN_STRATEGIES.contains(&page.name.as_str())) {
        for block in page.blocks("yaml") {
            let config = Config::parse(block, Registry::builtin());
            let config = config.unwrap_or_else(|error| panic!("{}: {error}\n{block}", page.name));
            let built = config.balancer().map(drop);
            built.unwrap_or_else(|error| panic!("{}: {error}\n{block}", page.name));
            seen += 1;
        }
    }
    assert!(seen >= 5);
}

/// It shows every setting at its default.
#[test]
fn the_page_of_the_config_shows_the_defaults() {
    let page = Page::read("docs/config.md");
    let block = page.blocks("yaml").next().unwrap();
    let config = Config::parse(block, Registry::builtin()).unwrap();
    assert_eq!(config.hashing, evenkeel_algorithms::Hashing::default());
    assert_eq!(config.options, evenkeel_algorithms::Options::default());
}

/// The lines of a conversation behind a mark.
fn lines<'a>(block: &'a str, mark: &'a str) -> impl Iterator<Item = &'a str> {
    block
        .lines()
        .filter_map(move |line| line.strip_prefix(mark))
}

#[test]
fn every_conversation_goes_as_shown() {
    let mut seen = 0;
    for page in pages() {
        for block in page.blocks("jsonl") {
            let requests: String = lines(block, "> ").map(|line| format!("{line}\n")).collect();
            let answers = on_stdio(&[], requests.as_bytes());
            let answers: Vec<_> = answers.lines().collect();
            let shown: Vec<_> = lines(block, "< ").collect();
            assert_eq!(answers, shown, "{}", page.name);
            seen += 1;
        }
    }
    assert!(seen >= 3);
}
