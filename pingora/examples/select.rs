//! Keys over static backends with Pingora's load balancer, before and after removing a backend.
//!
//! Run it with `cargo run --example select`.

use std::collections::BTreeSet;
use std::error::Error;

use evenkeel_algorithms::Rendezvous;
use evenkeel_pingora::{Config, Selection};
use futures::FutureExt;
use pingora_load_balancing::discovery::Static;
use pingora_load_balancing::{Backend, Backends, LoadBalancer};

fn main() -> Result<(), Box<dyn Error>> {
    let backends = BTreeSet::from([
        Backend::new("10.0.0.1:8080")?,
        Backend::new("10.0.0.2:8080")?,
        Backend::new_with_weight("10.0.0.3:8080", 2)?,
    ]);
    let backends = Backends::new(Static::new(backends));
    let config = Config::new(Rendezvous::default())?;
    let balancer = LoadBalancer::<Selection>::from_backends_with_config(backends, Some(config));
    let updated = balancer.update().now_or_never();
    updated.ok_or("a static list is there at once")??;

    let users = ["alice", "bob", "carol", "dave"];
    let select = |user: &str| {
        balancer
            .select(user.as_bytes(), 3)
            .ok_or("no backend is healthy")
    };
    for user in users {
        println!("{user} goes to {}", select(user)?.addr);
    }
    let out = select("alice")?;
    balancer.backends().set_enable(&out, false);
    println!("without {}:", out.addr);
    for user in users {
        println!("{user} goes to {}", select(user)?.addr);
    }
    Ok(())
}
