//! Evenkeel beside other crates and beside the floor, interleaved in one run.

mod draws;
mod floor;
mod keys;
mod measure;
mod ring;
mod table;
mod turns;

fn names(count: usize) -> Vec<String> {
    (1..=count)
        .map(|number| {
            format!(
                "10.{}.{}.{}:80",
                number >> 16,
                number >> 8 & 255,
                number & 255
            )
        })
        .collect()
}

fn show(title: &str, count: usize, timings: Vec<measure::Timing>) {
    println!("{title} N={count}");
    for timing in timings {
        println!("  {:40} {:12.1}", timing.name, timing.nanoseconds);
    }
}

fn main() {
    let keys = keys::Keys::new();
    let what: Vec<String> = std::env::args().skip(1).collect();
    let only: Option<usize> = what.iter().find_map(|w| w.parse().ok());
    let on = |name: &str| what.is_empty() || what.iter().any(|w| w == name);
    for count in [10, 100, 1_000, 10_000, 100_000] {
        if only.is_some_and(|o| o != count) {
            continue;
        }
        if on("ring") {
            show("ring", count, ring::pick(&keys, count));
        }
        if on("ringbuild") {
            show("ring build", count, ring::build(count));
        }
        if on("maglev") && count <= 10000 {
            show("maglev", count, table::pick(&keys, count, 65537));
            show("maglev build", count, table::build(count, 65537));
        }
        if on("maglevbig") && count <= 10000 {
            show("maglev655373", count, table::pick(&keys, count, 655373));
            show("maglev build", count, table::build(count, 655373));
        }
        if on("hrw") {
            show("hrw", count, draws::pick(&keys, count));
            show("hrw build", count, draws::build(count));
        }
        if on("route") {
            show("route", count, turns::route(&keys, count));
            show("two", count, turns::route_by_two(&keys, count));
        }
        if on("build") {
            show("builds", count, turns::build(count));
        }
    }
    if on("change") {
        show("change", 1000, ring::change(1000));
    }
}
