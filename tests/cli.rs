//! The README's commands and the transcripts in `tests/cli/` give the output that stands there.
//!
//! After a deliberate change: `TRYCMD=overwrite cargo test --test cli`.

#[test]
fn every_transcript_is_true() {
    trycmd::TestCases::new()
        .case("README.md")
        .case("tests/cli/*.trycmd");
}
