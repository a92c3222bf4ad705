//! What programs can do is found by asking.

use crate::support::{algorithm, program};

#[test]
fn show() {
    let card = program(&[
        "sh",
        "-c",
        &format!(
            "tee /tmp/w/ext-in.$$ | {} serve -c configs/power-of-two-choices.yaml | tee /tmp/w/ext-out.$$",
            env!("CARGO_BIN_EXE_evenkeel")
        ),
    ]);
    eprintln!("{:?}", algorithm(card).profile());
}
