//! Upstreams of nginx.

use super::support::{are_refused, inexact};

#[test]
fn what_nginx_has_and_we_have_not_is_named_with_its_line() {
    let upstream = |inner: &str| format!("http {{\nupstream u {{\n{inner}\n}}\n}}\n");
    let server = "server 10.0.0.1:80;";
    let cases = [
        ("sticky cookie sid;\nserver a:1;", 3, "no equivalent"),
        (
            "hash $a consistent;\ninclude more.conf;\nserver a:1;",
            4,
            "nginx -T",
        ),
        (
            "hash $a consistent;\nserver 10.0.0.1:80 backup;",
            4,
            "backups with a hash",
        ),
        ("server 10.0.0.1:80;\nserver 10.0.0.1:80;", 4, "used twice"),
        (
            "server 10.0.0.1:80 weigth=2;",
            3,
            "unknown parameter `weigth=2`",
        ),
        ("server 10.0.0.1:80 weight=0;", 3, "weight"),
        ("server 10.0.0.1:80 max_conns=x;", 3, "not a number"),
        ("server $backend;", 3, "invalid address"),
        (
            "hash $a consistend;\nserver 10.0.0.1:80;",
            3,
            "in an upstream",
        ),
        (
            "least_time header;\nserver 10.0.0.1:80;",
            3,
            "no equivalent",
        ),
        ("", 2, "no servers"),
    ];
    are_refused(&cases, upstream);
    let slow = upstream(&format!("{server}\nserver 10.0.0.2:80 slow_start=30s;"));
    assert!(inexact(&slow).starts_with("approximate  f:4: slow_start"));
    let workers = format!("worker_processes auto;\n{}", upstream(server));
    assert!(inexact(&workers).contains("auto workers"));
}
