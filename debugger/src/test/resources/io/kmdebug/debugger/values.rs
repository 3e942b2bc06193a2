// Values of every kind that Rust's library has. The program prints each with {:?}; the debugger must say the same.
use std::borrow::Cow;
use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap, HashSet, LinkedList, VecDeque};
use std::ffi::{CString, OsString};
use std::fmt::Debug;
use std::num::{NonZeroU32, Wrapping};
use std::path::{Path, PathBuf};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};
use std::sync::{Arc, Mutex, RwLock};
use std::time::Duration;

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
enum Color {
    Red,
    Green = 5,
    Blue,
}
#[derive(Debug, Clone)]
enum Shape {
    Circle(f64),
    Rect { w: u32, h: u32 },
    Empty,
    Named(String),
}
#[derive(Debug)]
enum Single {
    Only(u8),
}
#[derive(Debug)]
enum Wide {
    Big(u128),
    Minus(i64),
}
#[derive(Debug, Clone)]
struct Point {
    x: i32,
    y: i32,
}
#[derive(Debug)]
struct Unit;
#[derive(Debug)]
struct Tup(i32, String);
#[derive(Debug)]
struct Generic<T> {
    value: T,
    next: Option<Box<Generic<T>>>,
}
trait Speak: Debug {
    fn speak(&self) -> i32;
}
#[derive(Debug)]
struct Dog {
    age: i32,
}
impl Speak for Dog {
    fn speak(&self) -> i32 {
        self.age
    }
}

static COUNTER: i32 = 42;
static NAME: &str = "static name";
pub mod inner {
    pub static DEEP: u64 = 7;
}

#[inline(never)]
fn checkpoint() {}

macro_rules! show {
    ($($name:ident),*) => { $( println!("{} = {:?}", stringify!($name), $name); )* };
}

fn main() {
    let int = -5i32;
    let big: u128 = 1 << 100;
    let letter = 'é';
    let quote = '\'';
    let flag = true;
    let half = 2.5f64;
    let whole = 2.0f64;
    let tenth = 0.1f32;
    let byte = b'a';
    let size: usize = 10;
    let unit = ();
    let color = Color::Green;
    let circle = Shape::Circle(1.5);
    let rect = Shape::Rect { w: 3, h: 4 };
    let empty = Shape::Empty;
    let named = Shape::Named("nm".to_string());
    let single = Single::Only(3);
    let wide = Wide::Big(7);
    let minus = Wide::Minus(-7);
    let some = Some(5);
    let none: Option<i32> = None;
    let ok: Result<i32, String> = Ok(7);
    let err: Result<i32, String> = Err("bad".to_string());
    let opt_box: Option<Box<i32>> = Some(Box::new(9));
    let no_box: Option<Box<i32>> = None;
    let opt_str: Option<String> = Some("os".into());
    let no_str: Option<String> = None;
    let opt_ref: Option<&i32> = Some(&int);
    let opt_bool: Option<bool> = Some(false);
    let opt_char: Option<char> = None;
    let nonzero = NonZeroU32::new(3);
    let nested = Some(Some(Color::Blue));
    let inner_none: Option<Option<Color>> = Some(None);
    let opt_shape: Option<Shape> = Some(Shape::Empty);
    let less = 1.cmp(&2);
    let red = Color::Red;
    let point = Point { x: 1, y: 2 };
    let unit_struct = Unit;
    let tup = Tup(1, "two".to_string());
    let pair = (1u8, "x", 2.5f32);
    let one = (1u8,);
    let generic = Generic { value: 1u16, next: Some(Box::new(Generic { value: 2, next: None })) };
    let arr = [1, 2, 3];
    let slice: &[i32] = &arr[1..];
    let s = String::from("hello \"q\" ü\n");
    let part: &str = &s[1..3];
    let empty_s = String::new();
    let v = vec![10, 20, 30];
    let vs = vec!["a".to_string(), "b".to_string()];
    let ve: Vec<i32> = Vec::new();
    let vp = vec![point.clone(), Point { x: 3, y: 4 }];
    let units = vec![(), (), ()];
    let mut ring: VecDeque<i32> = (0..5).collect();
    ring.pop_front();
    ring.pop_front();
    ring.extend([9, 8, 7, 6]);
    let boxed = Box::new(Point { x: 5, y: 6 });
    let box_slice: Box<[i32]> = vec![1, 2].into_boxed_slice();
    let box_str: Box<str> = "bs".into();
    let rc = Rc::new(7);
    let weak = Rc::downgrade(&rc);
    let arc = Arc::new(Point { x: 8, y: 9 });
    let arc_str: Arc<str> = Arc::from("arcstr");
    let rc_slice: Rc<[u16]> = Rc::from(vec![1u16, 2, 3]);
    let rc_dyn: Rc<dyn Speak> = Rc::new(Dog { age: 5 });
    let cell = Cell::new(3);
    let refcell = RefCell::new(vec![1]);
    let mutex = Mutex::new(5);
    let rw = RwLock::new(6);
    let shared = Arc::new(Mutex::new(String::from("in")));
    let atomic = AtomicI64::new(-3);
    let atomic_flag = AtomicBool::new(true);
    let mut map: HashMap<String, i32> = HashMap::new();
    for i in 0..20 {
        map.insert(format!("k{}", i), i);
    }
    let set: HashSet<i32> = [4].into_iter().collect();
    let no_map: HashMap<u8, u8> = HashMap::new();
    let colors: HashMap<Color, Point> = [(Color::Red, Point { x: 0, y: 0 })].into_iter().collect();
    let tree: BTreeMap<i32, String> = (0..200).map(|i| (i * 3, format!("v{}", i))).filter(|e| e.0 < 90).collect();
    let deep: BTreeMap<u32, u8> = (0..40).map(|i| (i, i as u8)).collect();
    let ordered: BTreeSet<char> = "cab".chars().collect();
    let no_tree: BTreeMap<u8, u8> = BTreeMap::new();
    let os = OsString::from("osstr");
    let path = PathBuf::from("/tmp/x");
    let path_ref: &Path = path.as_path();
    let cstring = CString::new("cstr").unwrap();
    let borrowed: Cow<str> = Cow::Borrowed("cow");
    let owned: Cow<str> = Cow::Owned("own".into());
    let range = 1..5;
    let range_to = 1..=5;
    let list: LinkedList<i32> = [1, 2].into_iter().collect();
    let heap: BinaryHeap<i32> = [3, 1].into_iter().collect();
    let dynamic: Box<dyn Speak> = Box::new(Dog { age: 4 });
    let dyn_ref: &dyn Speak = &*dynamic;
    let debug: &dyn Debug = &point;
    let point_ref = &point;
    let twice = &&int;
    let texts = ["p", "q"];
    let duration = Duration::from_millis(1500);
    let short = Duration::from_micros(15);
    let ip: std::net::Ipv4Addr = [127, 0, 0, 1].into();
    let wrapping = Wrapping(3i8);
    show!(int, big, letter, quote, flag, half, whole, tenth, byte, size, unit, color, circle, rect, empty, named);
    show!(single, wide, minus, some, none, ok, err, opt_box, no_box, opt_str, no_str, opt_ref, opt_bool, opt_char);
    show!(nonzero, nested, inner_none, opt_shape, less, red, point, unit_struct, tup, pair, one, generic, arr, slice);
    show!(s, part, empty_s, v, vs, ve, vp, units, ring, boxed, box_slice, box_str, rc, weak, arc, arc_str, rc_slice);
    show!(rc_dyn, cell, refcell, mutex, rw, shared, atomic, atomic_flag, map, set, no_map, colors, tree, deep);
    show!(ordered, no_tree, os, path, path_ref, cstring, borrowed, owned, range, range_to, list, heap, dynamic);
    show!(dyn_ref, debug, point_ref, twice, texts, duration, short, ip, wrapping);
    checkpoint();
    println!("{:p} {:p} {:p} {} {:?}", &COUNTER, &inner::DEEP, &NAME, dyn_ref.speak(), atomic.load(Ordering::SeqCst));
}
