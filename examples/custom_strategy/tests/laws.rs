//! Both strategies keep the laws.

use custom_strategy::{bursts, slot_table};
use evenkeel_algorithms::contract;

#[test]
fn bursts_keep_the_laws() {
    contract::check(&bursts::CARD).unwrap();
}

#[test]
fn slot_tables_keep_the_laws() {
    contract::check(&slot_table::CARD).unwrap();
}
