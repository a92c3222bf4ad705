//! The command line of Evenkeel with two custom strategies: `cargo run -p custom-strategy -- compare`.

use std::process::ExitCode;

use custom_strategy::registry;

fn main() -> ExitCode {
    match registry() {
        Ok(registry) => evenkeel::run_with(registry),
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::from(2)
        }
    }
}
