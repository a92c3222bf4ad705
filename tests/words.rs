//! The words that `docs/style.md` bans are not in what is shipped: help, messages, docs, comments and templates.

mod bans;
mod search;
mod shipped;

use bans::BANS;
use search::hits;
use shipped::texts;

#[test]
fn banned_words_are_not_shipped() {
    let mut found = Vec::new();
    for text in texts() {
        for (line, phrase, ban) in hits(&text) {
            let path = text.path.display();
            found.push(format!("{path}:{line}: `{phrase}`; say {}", ban.say));
        }
    }
    assert!(
        found.is_empty(),
        "docs/style.md bans {} passages:\n{}",
        found.len(),
        found.join("\n")
    );
}

/// A phrase that no test could find, or an allowance that allows nothing, would be dead.
#[test]
fn every_ban_finds_its_phrases() {
    for ban in BANS {
        for phrase in ban.phrases {
            assert_eq!(*phrase, phrase.to_lowercase());
            let found = hits(&shipped::Text::of_one_line(phrase));
            assert!(
                found.iter().any(|(_, hit, _)| hit == phrase),
                "`{phrase}` is not found"
            );
        }
        for allowance in ban.allowances {
            let contains = |phrase: &&str| allowance.context.contains(*phrase);
            assert!(
                ban.phrases.iter().any(contains),
                "`{}` allows nothing",
                allowance.context
            );
        }
    }
}
