//! How even the shares are: of rings, and of strategies that promise exactly the evenness of chance.

use anyhow::Result;
use evenkeel_algorithms::strategy::{CARDS, ketama, lrh, multi_probe, rendezvous};
use evenkeel_algorithms::{Backend, Card, Options, ShareVariance, Weight};

use super::lineup::Lineup;
use super::measure;
use super::measure::{arcs, backends, balancer, cv_of_arcs, even, loads, spread};
use super::reference::{Expected, Reference};

const VEACH: &str = "Lamping and Veach 2014, table of the ring; gamma quantiles";
const THEORY: &str = "theory: shares are Dirichlet distributed";
const CHANCE: &str = "theory: perfect hashing";

/// Strategies that distribute keys as if each were drawn.
fn as_drawn() -> impl Iterator<Item = &'static Card> {
    let is_so = |card: &&Card| card.shares == ShareVariance::AsRandom && card.family.is_by_key();
    CARDS.iter().copied().filter(is_so)
}

pub(super) fn references() -> Vec<Reference> {
    let mut references = rings();
    references.extend(small_tables());
    references.extend(as_chance());
    references.extend(probes());
    references
}

/// Returns a ring with this many points per backend.
fn ring(points: u64) -> Result<Options> {
    let points_per_weight = ketama::PointsPerWeight::new(points)?;
    let mut options = Options::default();
    options.set(ketama::SECTION, ketama::Options { points_per_weight });
    Ok(options)
}

fn ring_arcs(lineup: &Lineup, seed: u64, points: u64, count: usize) -> Result<Vec<u64>> {
    let balancer = balancer(
        lineup,
        &ketama::CARD,
        seed,
        &ring(points)?,
        backends(0..count),
    )?;
    arcs(&balancer.snapshot())
}

fn rings() -> Vec<Reference> {
    let mut references = Vec::new();
    for points in [1, 10, 100, 1_000] {
        let name = format!("ketama, {points} points, 1,000 backends: cv, mean of 20 seeds");
        let expected = (999. / (1_000 * points + 1) as f64).sqrt();
        // The cv of exponential shares itself varies by 4% between seeds.
        let tolerance = if points == 1 { 0.03 } else { 0.02 };
        references.push(Reference::new(
            name,
            THEORY,
            Expected::near(expected, tolerance),
            move |lineup| {
                measure::mean(20, |seed| {
                    Ok(cv_of_arcs(&ring_arcs(lineup, seed, points, 1_000)?))
                })
            },
        ));
    }
    for (points, least, most) in [
        (1, 0.0050, 5.298),
        (10, 0.3717, 2.000),
        (100, 0.7612, 1.2763),
        (1_000, 0.9204, 1.0833),
    ] {
        let name = |end| format!("ketama, {points} points: share at {end} %, to mean");
        let low = Expected::around(least, 0.04 * (1. - least));
        let high = Expected::around(most, 0.06 * (most - 1.));
        references.push(Reference::new(name("0.5"), VEACH, low, move |lineup| {
            quantile(lineup, points, 0.005)
        }));
        references.push(Reference::new(name("99.5"), VEACH, high, move |lineup| {
            quantile(lineup, points, 0.995)
        }));
    }
    for (count, points, peak, tolerance) in [
        (3, 160, 1.068, 0.012),
        (5, 160, 1.094, 0.012),
        (10, 160, 1.125, 0.012),
        (100, 160, 1.210, 0.012),
        (10, 1, 2.929, 0.2),
    ] {
        let name = format!("ketama, {points} points, {count} backends: peak to mean, of 200 seeds");
        references.push(Reference::new(
            name,
            THEORY,
            Expected::around(peak, tolerance),
            move |lineup| {
                let peak = |seed| Ok(spread(&ring_arcs(lineup, seed, points, count)?).peak_to_mean);
                measure::mean(200, peak)
            },
        ));
    }
    references
}

/// Returns a quantile of the shares of a thousand backends over twenty seeds, relative to the mean.
fn quantile(lineup: &Lineup, points: u64, part: f64) -> Result<f64> {
    let mut shares = Vec::new();
    for seed in 0..20 {
        let arcs = ring_arcs(lineup, seed, points, 1_000)?;
        let mean = arcs.iter().sum::<u64>() as f64 / arcs.len() as f64;
        shares.extend(arcs.iter().map(|&arc| arc as f64 / mean));
    }
    shares.sort_by(f64::total_cmp);
    Ok(shares[(part * shares.len() as f64) as usize])
}

/// Figure 11 of the Maglev paper, for the strategies that it compares with Maglev.
fn small_tables() -> Vec<Reference> {
    let source = "NSDI 2016, figure 11; ranges of independent runs";
    let mut references = Vec::new();
    for (keys, algorithm, points, least, most) in [
        (65_537, &rendezvous::CARD, 160, 37., 48.),
        (655_373, &rendezvous::CARD, 160, 11., 14.),
        (65_537, &ketama::CARD, 1_000, 36., 50.),
    ] {
        let line =
            format!("{algorithm}, {keys} keys, 1,000 backends: over-provision, %, of 8 seeds");
        references.push(Reference::new(
            line,
            source,
            Expected::between(least, most),
            move |lineup| {
                measure::mean(8, |seed| {
                    let balancer =
                        balancer(lineup, algorithm, seed, &ring(points)?, backends(0..1_000))?;
                    let loads = loads(&balancer.snapshot(), keys)?;
                    Ok(100. * (spread(&loads).peak_to_mean - 1.))
                })
            },
        ));
    }
    // The ring that fills the paper's larger table is as good as its arcs: 10.3% in one draw.
    references.push(Reference::new(
        "ketama, 1,000 points, 1,000 backends: over-provision of arcs, %, of 20 seeds",
        source,
        Expected::between(9.6, 11.6),
        |lineup| {
            measure::mean(20, |seed| {
                let arcs = ring_arcs(lineup, seed, 1_000, 1_000)?;
                Ok(100. * (spread(&arcs).peak_to_mean - 1.))
            })
        },
    ));
    references
}

fn as_chance() -> Vec<Reference> {
    let mut references = Vec::new();
    for algorithm in as_drawn() {
        // √((n − 1) / m), from an estimate with n − 1 degrees of freedom and 20 seeds: 5 deviations.
        let expected = (9f64 / 1e5).sqrt();
        let line =
            format!("{algorithm}, 10 backends, 100,000 keys: cv, root mean square of 20 seeds");
        let tolerance = 5. / (2. * 9. * 20f64).sqrt();
        references.push(Reference::new(
            line,
            CHANCE,
            Expected::near(expected, tolerance),
            move |lineup| {
                let square = |seed| {
                    let snapshot = even(lineup, algorithm, seed, 10)?.snapshot();
                    Ok(spread(&loads(&snapshot, 100_000)?).cv.powi(2))
                };
                Ok(measure::mean(20, square)?.sqrt())
            },
        ));
    }
    for (count, keys, seeds, peak, tolerance) in [
        (10, 10_000, 400, 1.0489, 0.005),
        (10, 100_000, 100, 1.0154, 0.002),
        (10, 1_000_000, 20, 1.0049, 0.0012),
        (100, 100_000, 40, 1.080, 0.008),
    ] {
        let line =
            format!("rendezvous, {count} backends, {keys} keys: peak to mean, of {seeds} seeds");
        references.push(Reference::new(
            line,
            CHANCE,
            Expected::around(peak, tolerance),
            move |lineup| {
                measure::mean(seeds, |seed| {
                    let snapshot = even(lineup, &rendezvous::CARD, seed, count)?.snapshot();
                    Ok(spread(&loads(&snapshot, keys)?).peak_to_mean)
                })
            },
        ));
    }
    references
}

fn probes() -> Vec<Reference> {
    let probes = "Appleton and O'Reilly 2015, by an independent program";
    let local = "Local rendezvous hashing, arXiv 2512.23434, by an independent program";
    let mut references = Vec::new();
    for (count, peak, min, tolerance) in [(10, 1.064, 0.66, 0.12), (100, 1.073, 0.22, 0.1)] {
        let name = |end| format!("multi-probe 21, {count} backends: {end} to mean, of 20 seeds");
        let keys = 10_000 * count as u64;
        let spreads = move |lineup: &Lineup, seed| {
            let snapshot = even(lineup, &multi_probe::CARD, seed, count)?.snapshot();
            anyhow::Ok(spread(&loads(&snapshot, keys)?))
        };
        references.push(Reference::new(
            name("peak"),
            probes,
            Expected::around(peak, 0.012),
            move |lineup| measure::mean(20, |seed| Ok(spreads(lineup, seed)?.peak_to_mean)),
        ));
        references.push(Reference::new(
            name("min"),
            probes,
            Expected::around(min, tolerance),
            move |lineup| measure::mean(20, |seed| Ok(spreads(lineup, seed)?.min_to_mean)),
        ));
    }
    for (algorithm, least, most) in [
        (&ketama::CARD, 1.22, 1.28),
        (&lrh::CARD, 1.08, 1.095),
        (&multi_probe::CARD, 1.06, 1.072),
    ] {
        let line = format!("{algorithm}, 5,000 backends, 50 million keys: peak to mean");
        references.push(Reference::new(
            line,
            local,
            Expected::between(least, most),
            move |lineup| {
                let balancer =
                    balancer(lineup, algorithm, 1, &of_paper()?, of_paper_for(algorithm)?)?;
                Ok(spread(&loads(&balancer.snapshot(), 50_000_000)?).peak_to_mean)
            },
        ));
    }
    references
}

/// 256 points, 8 candidates, 8 probes.
fn of_paper() -> Result<Options> {
    let probes = multi_probe::Probes::new(8)?;
    let mut options = ring(256)?;
    options.set(multi_probe::SECTION, multi_probe::Options { probes });
    Ok(options)
}

/// Five thousand backends; multi-probe has its 256 points each through the weight.
fn of_paper_for(algorithm: &Card) -> Result<Vec<Backend>> {
    let weight = Weight::new(if algorithm == &multi_probe::CARD {
        256
    } else {
        1
    })?;
    let backends = backends(0..5_000).into_iter();
    Ok(backends
        .map(|backend| backend.with_weight(weight))
        .collect())
}
