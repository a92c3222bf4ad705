//! The commands in the README, in the docs and in `tests/cli/` give the output that stands there. (What
//! `cargo` and `python3` run there is held to its output by `tests/examples.rs`.)
//!
//! After a deliberate change: `TRYCMD=overwrite cargo test --test cli`.

use trycmd::schema::Bin;

#[test]
fn every_transcript_is_true() {
    trycmd::TestCases::new()
        .register_bins([("cargo", Bin::Ignore), ("python3", Bin::Ignore)])
        .case("README.md")
        .case("docs/dialects.md")
        .case("docs/first-steps.md")
        .case("docs/migration.md")
        .case("tests/cli/*.trycmd");
}
