//! Any program as a strategy, if it speaks the protocol of `serve` on its standard input and output.
//!
//! A [`Card`](evenkeel_algorithms::Card) makes the algorithm: that of [`running`] runs the command in a config, that of
//! a [`Named`] program its own command. The capabilities of the program are found by asking it once; each pool gets its
//! own process, which ends with the balancer.
//!
//! A config is data. If it must not run a command, the registry contains [`REFUSED`].
//!
//! ```no_run
//! use evenkeel::external::{Command, Named};
//! use evenkeel_algorithms::{Hashing, LoadBalancer, Options, Pool};
//!
//! let command = Command::of_line("python3 my_balancer.py").expect("a program and its arguments");
//! let mine = Named::new("mine", command);
//! println!("{}", mine.capabilities(Hashing::default())?);
//! let algorithm = mine.card().algorithm(Hashing::default(), &Options::default());
//! let balancer = LoadBalancer::new(algorithm, Pool::new(["b1", "b2", "b3"])?)?;
//! println!("{}", balancer.route(Some(b"alice"))?.backend().name());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod answer;
mod balancer;
mod capabilities;
mod card;
mod child;
mod command;
mod conversation;
mod failure;
#[cfg(unix)]
mod group;
mod health;
mod interview;
mod message;
mod named;
mod options;
mod pipe;
mod program;
mod request;
mod session;
mod strategy;
mod subject;
mod tail;

#[cfg(unix)]
pub(crate) use group::outlive_one_signal;

pub use capabilities::{Capabilities, Counting, Health};
pub use card::{REFUSED, running};
pub use command::Command;
pub use named::Named;
pub use options::{Deadline, Options, SECTION, Window};
