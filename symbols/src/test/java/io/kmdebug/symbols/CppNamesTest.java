package io.kmdebug.symbols;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CppNamesTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "std::vector<int, std::allocator<int> >|std::vector<int>",
                "std::__1::vector<int, std::__1::allocator<int> >|std::vector<int>",
                "std::vector<int, mine::allocator<int> >|std::vector<int, mine::allocator<int>>",
                "std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >|std::string",
                "std::basic_ostream<char, std::char_traits<char> >|std::ostream",
                "std::map<int, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> >, std::less<int>, std::allocator<std::pair<int const, std::__cxx11::basic_string<char, std::char_traits<char>, std::allocator<char> > > > >|std::map<int, std::string>",
                "std::map<char const*, long unsigned int, std::less<char const*>, std::allocator<std::pair<char const* const, long unsigned int> > >|std::map<const char *, unsigned long>",
                "std::map<int, int, std::greater<int>, std::allocator<std::pair<const int, int> > >|std::map<int, int, std::greater<int>>",
                "std::unique_ptr<int [], std::default_delete<int []> >|std::unique_ptr<int []>",
                "std::array<int, 3ul>|std::array<int, 3>",
                "Grid<unsigned long, 2UL>::size|Grid<unsigned long, 2>::size",
                "Flag<(bool)1>|Flag<true>",
                "std::chrono::_V2::system_clock|std::chrono::system_clock",
                "operator< <int>|operator< <int>",
                "ns::A::operator<<|ns::A::operator<<",
                "ns::A<char>::operator->|ns::A<char>::operator->",
                "main()::<lambda(int)>|main()::<lambda(int)>",
                "mine::__1::thing<int>|mine::__1::thing<int>",
            })
    void areSpeltAsPeopleDo(String compilers, String peoples) {
        assertThat(CppNames.readable(compilers)).isEqualTo(peoples);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a<b", "a>b", "std::x<(", "std::'", "<", ">", "std::a<'<'>", "operator", "operator<"})
    void whatIsNoNameStaysOrIsLeftInPeace(String odd) {
        assertThat(CppNames.readable(odd)).isNotEmpty();
    }
}
