// Classes that share a virtual base, seen from outside, through parts of them, and from inside. The program says itself
// what its expressions are.
#include <cstdio>

struct Mark {
    long mark = 11;
};
struct Root : Mark {
    virtual ~Root() {}
    int common = 5;
    int &alias = common;
    unsigned low : 3, high : 5;
};
struct Left : virtual Root {
    int left = 6;
};
struct Right : virtual Root {
    long right = 7;
};
struct Side : virtual Right {
    int side = 9;
};
struct Bottom : Left, Side {
    int bottom = 8;
    int method(int stop);
};
struct Shadow : Bottom {
    int common = 55;
};

int checkpoint(void *p) { return p != nullptr; }

#define SAY(expression) std::printf("%s = %ld\n", #expression, (long)(expression))

int Bottom::method(int stop) {
    Bottom *self = this;
    Left *left_part = this;
    Right *right_part = this;
    Side *side_part = this;
    Root *root_part = this;
    Root &root_reference = *this;
    Left alone;
    alone.common = 50;
    Shadow shadow;
    shadow.Bottom::common = 500;
    SAY(common);
    SAY(this->common);
    SAY((long)&this->common - (long)this);
    SAY((long)&common - (long)this);
    SAY(mark);
    SAY((char *)&mark - (char *)self);
    SAY(alias);
    SAY(&alias == &common);
    SAY(low);
    SAY(high);
    SAY(self->common);
    SAY(self->Left::common);
    SAY(&self->Left::common == &self->Side::common);
    SAY((long)&self->Side::mark - (long)self);
    SAY((*self).common + 1);
    SAY(left_part->common);
    SAY((long)&left_part->common - (long)left_part);
    SAY(right_part->common);
    SAY((long)&right_part->common - (long)right_part);
    SAY(right_part->right);
    SAY(right);
    SAY((long)&right - (long)side_part);
    SAY(side_part->mark);
    SAY(side_part->Root::mark);
    SAY((long)&side_part->mark - (long)side_part);
    SAY(root_part->common);
    SAY(root_reference.common);
    SAY(alone.common);
    SAY((long)&alone.common - (long)&alone);
    SAY((long)&alone.mark - (long)&alone);
    SAY(alone.left);
    SAY(shadow.common);
    SAY(shadow.Bottom::common);
    SAY((long)&shadow.Bottom::common - (long)&shadow);
    SAY((long)&shadow.mark - (long)&shadow);
    SAY(shadow.right);
    SAY(((Root *)self)->common);
    SAY((Root *)left_part == root_part);
    SAY((long)(Root *)&alone - (long)&alone);
    SAY((long)(Mark *)side_part - (long)(Mark *)root_part);
    SAY(static_cast<Root &>(*self).common);
    SAY(((Root &)alone).common);
    SAY(sizeof(self->common));
    SAY((*(Mark *)self).mark);
    SAY((Left *)self == left_part);
    SAY((long)(Right *)side_part - (long)side_part);
    SAY(dynamic_cast<Bottom *>(root_part) == self);
    SAY(dynamic_cast<Side *>(left_part) == side_part);
    return checkpoint(&alone) + checkpoint(&shadow) * stop;
}

int main() {
    Bottom object;
    object.low = 2;
    object.high = 3;
    return object.method(0) == 0;
}
