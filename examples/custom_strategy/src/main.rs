//! The command line of Evenkeel with two strategies of one's own: `cargo run -p custom-strategy -- compare`.

use std::process::ExitCode;

use custom_strategy::registry;

fn main() -> ExitCode {
    evenkeel::run_with(registry())
}
