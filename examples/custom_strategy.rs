//! A strategy of your own: a type with four methods, and [`Strategy::custom`] to use it.
//!
//! `cargo run --example custom_strategy`

use evenkeel_algorithms::{
    Balancer, BuildError, Fingerprint, LoadBalancer, Pick, Pool, Profile, Slot,
};

/// Everything goes to the first backend in the order given; the others stand by.
#[derive(Clone, Copy, Debug)]
struct Failover;

impl Balancer for Failover {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn rebuild(&self, _pool: &Pool) -> Result<Strategy, BuildError> {
        Ok(Strategy::custom(*self))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("failover");
    }
}

/// Routes two requests; the first backend fails between them. Returns where they went.
pub(crate) fn run() -> Result<[String; 2], Box<dyn std::error::Error>> {
    let pool = Pool::new(["primary", "standby"])?;
    let balancer = LoadBalancer::new(Strategy::custom(Failover), pool)?;
    let first = balancer.route(None)?.backend().name().to_owned();
    balancer.set_eligible("primary", false);
    let second = balancer.route(None)?.backend().name().to_owned();
    Ok([first, second])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [first, second] = run()?;
    println!("{first}, then {second}");
    Ok(())
}
