// One way to crash for each word.
use std::env;

fn pick(list: &[i32], at: usize) -> i32 { list[at] }

fn open(x: Option<i32>) -> i32 { x.expect("there is nothing") }

fn deep(n: u64) -> u64 {
    let room = [n; 64];
    if n == u64::MAX { 0 } else { deep(n + 1) + room[(n % 64) as usize] }
}

fn main() {
    let kind = env::args().nth(1).unwrap_or_default();
    match kind.as_str() {
        "index" => { println!("{}", pick(&[1, 2, 3], kind.len())); }
        "expect" => { println!("{}", open(None)); }
        "deep" => { println!("{}", deep(1)); }
        "message" => panic!("only {} left of {}", 3, kind),
        "abort" => std::process::abort(),
        _ => {}
    }
}
