//! The examples do what they say.

#[path = "../examples/custom_strategy.rs"]
#[expect(dead_code, reason = "its main only prints")]
mod custom_strategy;

#[test]
fn a_custom_strategy_routes() {
    assert_eq!(custom_strategy::run().unwrap(), ["primary", "standby"]);
}
