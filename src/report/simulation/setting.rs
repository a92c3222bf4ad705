//! What is asked of a simulation, and what is simulated.

use crate::report::findings;
use crate::simulate::{Discipline, Setting};

pub(super) fn question(setting: &Setting) -> String {
    let meanwhile = if setting.turns.is_empty() {
        ""
    } else {
        ", and what do the events of the scenario change"
    };
    format!("How long do requests take under each strategy{meanwhile}?")
}

pub(super) fn setting(setting: &Setting) -> String {
    let Setting {
        source,
        requests,
        warm_up,
        backends,
        servers,
        capacity,
        seed,
        ..
    } = setting;
    let load = setting
        .load
        .map(|load| format!(" at load {load}"))
        .unwrap_or_default();
    let measured = requests - warm_up;
    let instances = match setting.instances {
        1 => String::new(),
        instances => format!(" through {instances} instances"),
    };
    let plural = if *servers == 1 { "" } else { "s" };
    let discipline = match setting.discipline {
        Discipline::Fcfs => "",
        Discipline::Ps => " that all requests share",
    };
    let limit = setting
        .queue_limit
        .map(|limit| format!(", at most {limit} waiting"))
        .unwrap_or_default();
    let cache = match setting.cache.map(|cache| cache.entries) {
        Some(Some(entries)) => format!(", a cache of {entries} keys"),
        Some(None) => ", a cache without a limit".to_owned(),
        None => String::new(),
    };
    let measured_on = format!(
        "{requests} requests{load} ({source}), the last {measured} measured, to {backends} backends with \
         {servers} server{plural} each{discipline}{limit}{cache}{instances}; capacity {capacity}, seed {seed}"
    );
    match &setting.repeat {
        Some(repeat) => measured_on + "\n" + &findings::runs(repeat, "requests"),
        None => measured_on,
    }
}
