//! Every algorithm, in each wrapper that fits it.

use std::sync::LazyLock;

use evenkeel_algorithms::contract::{Effort, Subject};
use evenkeel_algorithms::{Card, Family, Origin, Registry};

/// Returns every algorithm, plain and in each wrapper that fits it.
pub(crate) fn all() -> impl Iterator<Item = &'static Subject> {
    static ALL: LazyLock<Vec<Subject>> = LazyLock::new(|| {
        let cards = Registry::builtin().cards();
        let variants = cards
            .flat_map(Subject::variants)
            .filter(Subject::is_buildable);
        let different =
            variants.filter(|subject| subject.is_plain() || !is_another_row(subject.card()));
        different
            .map(|subject| subject.with_effort(effort()))
            .collect()
    });
    ALL.iter()
}

/// Returns whether it is one of our own algorithms, or has no wrapper.
pub(crate) fn is_own_or_plain(subject: &Subject) -> bool {
    !subject.card().origin.is_dialect() || subject.is_plain()
}

/// Returns the effort of `conform`. With `EVENKEEL_EFFORT=thorough`, as in `.ci/full`, it has ten times the keys and four
/// times the histories. `EVENKEEL_HISTORIES` sets the number of histories.
fn effort() -> Effort {
    let variable = |name| std::env::var(name).ok();
    let histories = variable("EVENKEEL_HISTORIES");
    let histories = histories.map(|count| count.parse().expect("a number of histories"));
    match (histories, variable("EVENKEEL_EFFORT").as_deref()) {
        (Some(count), _) => Effort::THOROUGH.with_histories(count),
        (None, Some("thorough")) => Effort::THOROUGH,
        (None, None) => Effort::FULL,
        (None, Some(other)) => panic!("EVENKEEL_EFFORT: expected `thorough`, not `{other}`"),
    }
}

/// Returns whether a client's engine is that of another client, which stands for both: wrappers make no difference
/// within one family.
fn is_another_row(card: &Card) -> bool {
    let is_client = |card: &Card| card.origin == Origin::Client;
    let family = |family: Family| {
        let mut clients = Registry::builtin().cards().filter(|card| is_client(card));
        clients.find(|card| card.family == family)
    };
    is_client(card) && family(card.family) != Some(card)
}
