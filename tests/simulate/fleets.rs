//! Slow backends, and several load balancers.

use evenkeel::simulate::{Figures, Machines, Simulation, Timeline, Traffic};
use evenkeel_algorithms::Registry;
use evenkeel_algorithms::strategy::subset;

use super::support::{ONE_SERVER, config, drawn, figures, latency};

#[test]
fn strategies_that_learn_times_spare_a_slow_backend() {
    let config = config(3);
    let algorithms =
        ["round-robin", "peak-ewma"].map(|name| Registry::builtin().named(name).unwrap());
    let traffic = Traffic::from(drawn(50_000, 0.5));
    let simulation = Simulation {
        config: &config,
        algorithms: &algorithms,
        traffic: &traffic,
        model: ONE_SERVER,
        machines: &Machines::of(&config.backends).with_speed("b3", 0.2),
        instances: 1,
        warm_up: 5_000,
        limit: Some(10_000_000),
        timeline: &Timeline::quiet(&config.backends),
        window: None,
    };
    let report = simulation.run(|_| ()).unwrap();
    let [turns, learned] = ["round-robin", "peak-ewma"].map(|name| figures(&report, name));
    assert!(learned.backends[2].requests * 2 < turns.backends[2].requests);
    let over = |figures: &Figures| figures.latency.as_ref().unwrap().over_limit.unwrap();
    assert!(
        over(learned) < 0.1 && over(turns) > 0.3,
        "{} {}",
        over(learned),
        over(turns)
    );
}

#[test]
fn load_balancers_that_see_a_part_each_queue_more() {
    let (config, traffic) = (config(10), Traffic::from(drawn(200_000, 0.9)));
    let algorithms = [Registry::builtin().named("least-connections").unwrap()];
    let mean = |instances| {
        let simulation = Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: &traffic,
            model: ONE_SERVER,
            machines: &Machines::of(&config.backends),
            instances,
            warm_up: 20_000,
            limit: None,
            timeline: &Timeline::quiet(&config.backends),
            window: None,
        };
        let report = simulation.run(|_| ()).unwrap();
        latency(&report, "least-connections").mean_ns
    };
    assert!(mean(10) > 1.5 * mean(1));
}

/// Each load balancer is a client by itself, of which the first is the config's.
#[test]
fn load_balancers_have_subsets_of_their_own() {
    let mut config = config(10);
    config.subset = Some(subset::Options {
        client: "gateway".to_owned(),
        size: subset::Size::new(1).unwrap(),
    });
    let traffic = Traffic::from(drawn(2_000, 0.1));
    let used = |instances| {
        let algorithms =
            ["ketama", "round-robin"].map(|name| Registry::builtin().named(name).unwrap());
        let simulation = Simulation {
            config: &config,
            algorithms: &algorithms,
            traffic: &traffic,
            model: ONE_SERVER,
            machines: &Machines::of(&config.backends),
            instances,
            warm_up: 0,
            limit: None,
            timeline: &Timeline::quiet(&config.backends),
            window: None,
        };
        let report = simulation.run(|_| ()).unwrap();
        let of_one = |name: &str| {
            let shares = figures(&report, name).backends.iter();
            shares.filter(|share| share.requests > 0).count()
        };
        [of_one("ketama"), of_one("round-robin")]
    };
    assert_eq!(used(1), [1, 1]);
    assert!(used(100).iter().all(|&used| used == 10));
}
