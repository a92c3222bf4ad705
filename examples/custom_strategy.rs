//! A strategy of your own: an algorithm, which is settings, and the balancer that it builds.
//!
//! `cargo run --example custom_strategy`

use evenkeel_algorithms::{
    Algorithm, Balancer, BuildError, Fingerprint, LoadBalancer, Pick, Pool, Profile, Slot,
};

/// Everything goes to the first backend in the order given; the others stand by.
#[derive(Clone, Copy, Debug)]
struct Failover;

impl Algorithm for Failover {
    fn build(&self, _: &Pool, _: Option<&dyn Balancer>) -> Result<Box<dyn Balancer>, BuildError> {
        Ok(Box::new(*self))
    }

    fn profile(&self) -> Profile {
        Profile::TURNS
    }
}

impl Balancer for Failover {
    fn pick(&self, pick: &Pick<'_>) -> Option<Slot> {
        pick.pool().slots().find(|&slot| pick.allows(slot))
    }

    fn describe(&self, fingerprint: &mut Fingerprint) {
        fingerprint.text("failover");
    }
}

/// Routes two requests; the first backend fails between them. Returns where they went.
pub(crate) fn run() -> Result<[String; 2], Box<dyn std::error::Error>> {
    let balancer = LoadBalancer::new(Failover, Pool::new(["primary", "standby"])?)?;
    let first = balancer.route(None)?.backend().name().to_owned();
    balancer.set_healthy("primary", false)?;
    let second = balancer.route(None)?.backend().name().to_owned();
    Ok([first, second])
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let [first, second] = run()?;
    println!("{first}, then {second}");
    Ok(())
}
