//! The laws of the kit on every algorithm, in each wrapper that fits it. What an algorithm promises in its profile and
//! on its card decides which laws apply, so a new algorithm is covered automatically.

use super::common::subjects;
use evenkeel_algorithms::contract::{Law, laws};

/// One test per law.
macro_rules! laws {
    ($($test:ident: $name:literal,)*) => {
        const TESTED: &[&str] = &[$($name),*];

        $(#[test]
        fn $test() {
            holds($name);
        })*
    };
}

laws! {
    what_is_allowed_is_found_and_nothing_else_is_picked: "allowed-only",
    a_key_is_asked_for_exactly_where_it_is_needed: "key-use",
    two_builds_give_the_same_answers: "deterministic",
    order_free_strategies_answer_alike_in_any_order: "order-free",
    every_road_to_a_pool_ends_in_the_same_answers: "path-independent",
    no_change_moves_a_key_needlessly: "minimal-movement",
    a_change_moves_what_the_weights_ask_for: "proportional-movement",
    only_the_keys_of_the_ineligible_move_and_they_come_back: "failover",
    the_keys_of_one_that_is_out_spread_over_the_others: "failover-spread",
    owners_are_distinct_and_the_first_is_routed_to: "owners",
    a_retry_goes_to_the_next_owner: "retries",
    without_a_backend_the_owners_follow_in_the_same_order: "owner-order",
    keys_and_draws_follow_the_weights_within_the_bound_of_theory: "weights",
    keys_spread_as_by_random_assignment: "spread",
    turns_are_exact_in_every_full_cycle: "exact-turns",
    the_least_loaded_is_found: "least-loaded",
    the_pool_is_what_a_plain_list_says: "counts",
    a_cap_holds_exactly_on_any_number_of_threads: "concurrent-caps",
    every_count_returns_to_zero_after_a_storm_of_changes: "concurrent-counts",
    whatever_decides_where_keys_go_is_in_the_fingerprint: "fingerprint",
    a_refused_update_changes_nothing: "refused-update",
    a_traced_request_goes_where_an_untraced_one_goes: "trace",
    a_relayed_strategy_answers_and_explains_as_the_one_inside: "relayed",
}

fn named(name: &str) -> &'static Law {
    let law = laws().iter().find(|law| law.name == name);
    law.expect("a law of the kit")
}

fn holds(name: &str) {
    let law = named(name);
    // For dialects, threads test nothing that they do not test for our own algorithms.
    let on_threads = !law.shrinks;
    let subjects =
        subjects::all().filter(|subject| !on_threads || subjects::is_own_or_plain(subject));
    let broken = subjects.filter_map(|subject| law.check(subject).broken());
    let broken: Vec<_> = broken.map(|broken| broken.to_string()).collect();
    assert!(
        broken.is_empty(),
        "{} broken:\n{}",
        broken.len(),
        broken.join("\n")
    );
}

#[test]
fn every_law_is_tested() {
    let names = laws().iter().map(|law| law.name);
    assert!(names.eq(TESTED.iter().copied()));
}
