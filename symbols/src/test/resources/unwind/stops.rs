// Ordinary Rust for stops at random places: collections, traits, closures, iterators, formatting, recursion.
use std::collections::{BTreeMap, HashMap};
use std::fmt;

trait Shape {
    fn area(&self) -> f64;
}

struct Square(f64);
struct Circle {
    radius: f64,
}

impl Shape for Square {
    fn area(&self) -> f64 {
        self.0 * self.0
    }
}

impl Shape for Circle {
    fn area(&self) -> f64 {
        3.14159 * self.radius * self.radius
    }
}

impl fmt::Display for Circle {
    fn fmt(&self, f: &mut fmt::Formatter) -> fmt::Result {
        write!(f, "circle of {:.2}", self.radius)
    }
}

#[derive(Debug)]
enum Tree {
    Leaf,
    Node(Box<Tree>, i64, Box<Tree>),
}

impl Tree {
    #[inline(never)]
    fn insert(self, value: i64) -> Tree {
        match self {
            Tree::Leaf => Tree::Node(Box::new(Tree::Leaf), value, Box::new(Tree::Leaf)),
            Tree::Node(left, v, right) if value < v => Tree::Node(Box::new(left.insert(value)), v, right),
            Tree::Node(left, v, right) => Tree::Node(left, v, Box::new(right.insert(value))),
        }
    }

    #[inline(never)]
    fn sum(&self) -> i64 {
        match self {
            Tree::Leaf => 0,
            Tree::Node(left, v, right) => left.sum() + v + right.sum(),
        }
    }
}

fn parse(text: &str) -> Result<i64, std::num::ParseIntError> {
    text.trim().parse::<i64>().map(|n| n * 2)
}

fn main() {
    let mut words: HashMap<String, Vec<usize>> = HashMap::new();
    let mut ordered = BTreeMap::new();
    let mut tree = Tree::Leaf;
    for i in 0..200usize {
        words.entry(format!("w{}", i % 17)).or_default().push(i);
        ordered.insert((i * 7919) % 1009, i);
        tree = tree.insert(((i * 31) % 67) as i64);
    }
    let shapes: Vec<Box<dyn Shape>> = (1..50)
        .map(|i| -> Box<dyn Shape> {
            if i % 2 == 0 { Box::new(Square(i as f64)) } else { Box::new(Circle { radius: i as f64 }) }
        })
        .collect();
    let area: f64 = shapes.iter().map(|s| s.area()).sum();
    let mut keys: Vec<&String> = words.keys().collect();
    keys.sort_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
    let total: i64 = ["1", " 22 ", "x", "333"].iter().filter_map(|t| parse(t).ok()).sum();
    println!("{} {:.1} {} {:?} {}", tree.sum(), area, total, keys.first(), Circle { radius: 2.0 });
    println!("{:?}", ordered.iter().take(3).collect::<Vec<_>>());
}
