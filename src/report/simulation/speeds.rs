//! How fast each backend is, if they differ.

use std::collections::BTreeMap;

use crate::simulate::{Machine, Setting};
use crate::text::named;

/// The most backends that are listed one by one.
const LISTED: usize = 6;

/// The most speeds that are listed, if there are more backends.
const SPEEDS: usize = 6;

/// The backends of one speed that are named.
const NAMED: usize = 2;

/// The speed of each backend, or the backends of each speed; none if all have speed 1.
pub(super) fn speeds(setting: &Setting) -> Option<String> {
    let machines = &setting.machines;
    if machines.iter().all(|machine| machine.speed == 1.) {
        return None;
    }
    let listed = match machines.len() <= LISTED {
        true => {
            let of_one = |machine: &Machine| format!("{} {}", machine.backend, machine.speed);
            machines.iter().map(of_one).collect()
        }
        false => by_speed(machines),
    };
    let what = match setting.speeds_follow_weights {
        true => "Speeds follow the weights",
        false => "Speeds",
    };
    Some(format!("{what}: {}.", listed.join(", ")))
}

/// The highest speeds with their backends, the fastest first.
fn by_speed(machines: &[Machine]) -> Vec<String> {
    let mut groups = BTreeMap::<u64, Vec<&str>>::new();
    for machine in machines {
        // Speeds are positive, and so are ordered as their bits are.
        let group = groups.entry(machine.speed.to_bits()).or_default();
        group.push(&machine.backend);
    }
    let more = groups.len().saturating_sub(SPEEDS);
    let group = |(&speed, names): (&u64, &Vec<&str>)| {
        let speed = f64::from_bits(speed);
        format!("{speed} ({})", named(names, NAMED))
    };
    let mut listed: Vec<_> = groups.iter().rev().take(SPEEDS).map(group).collect();
    if more > 0 {
        listed.push(format!("{more} lower speeds"));
    }
    listed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn machines(speeds: &[f64]) -> Vec<Machine> {
        let machine = |(number, &speed)| Machine {
            backend: format!("b{number}"),
            speed,
            cache_entries: None,
        };
        (1..).zip(speeds).map(machine).collect()
    }

    #[test]
    fn many_backends_are_grouped_by_speed() {
        let speeds = [4., 4., 4., 2., 2., 1., 1., 0.5];
        assert_eq!(
            by_speed(&machines(&speeds)),
            [
                "4 (b1, b2 and 1 more)",
                "2 (b4 and b5)",
                "1 (b6 and b7)",
                "0.5 (b8)"
            ]
        );
        let all_different: Vec<_> = (1..=9).map(f64::from).collect();
        let listed = by_speed(&machines(&all_different));
        assert_eq!(listed.len(), SPEEDS + 1);
        assert_eq!((&*listed[0], &*listed[6]), ("9 (b9)", "3 lower speeds"));
    }
}
