// SPDX-License-Identifier: Apache-2.0
#include "core/checkpoint/pickle_machine.h"

#include "core/checkpoint/pickle_globals.h"
#include "core/checkpoint/refuse.h"
#include "core/checkpoint/utf8.h"

#include <array>
#include <bit>
#include <cstring>
#include <unordered_map>

namespace cameo::checkpoint::pickle {
namespace {

// Operation codes that are needed by name; the others stand in the table below (Python's pickletools).
constexpr std::uint8_t protocolOp = 0x80;
constexpr std::uint8_t stopOp = '.';

constexpr std::size_t maxGlobalName = 200;

struct Machine {
    Machine(const Bytes& source, std::size_t start, const Options& options)
        : m_source(source), m_options(options), m_at(start), m_arena(std::make_shared<Arena>(source)) {}

    Document run();

    template <typename... Parts>
    [[noreturn]] void fail(const Parts&... reason) const {
        refuse(m_options.file, "bad ", m_options.what, " at byte ", m_opAt, ": ", reason...);
    }

    static std::string hex(std::uint8_t value) {
        const char* digits = "0123456789abcdef";
        return {digits[value >> 4], digits[value & 15]};
    }

    // Bytes

    std::size_t remaining() const { return m_source.size() - m_at; }
    /// Position of the next `count` bytes, checked against the file before anything is made of them.
    std::size_t take(std::uint64_t count) {
        if (count > remaining())
            fail("it needs ", count, " more bytes, but the file has ", remaining(),
                 ". The file is not complete");
        const std::size_t at = m_at;
        m_at += count;
        return at;
    }
    template <typename T>
    T number() {
        T value;
        std::memcpy(&value, m_source.view.data() + take(sizeof(T)), sizeof(T));
        return value;
    }
    std::uint8_t byte() { return number<std::uint8_t>(); }
    std::string_view viewAt(std::size_t at, std::size_t count) const {
        return {reinterpret_cast<const char*>(m_source.view.data()) + at, count};
    }

    // Stack

    Id add(const Node& node) {
        countNode();
        return m_arena->add(node);
    }
    void countNode() {
        if (m_options.budget.nodes == 0)
            fail("it has far more values than any published model");
        --m_options.budget.nodes;
    }
    void push(Id id) { m_stack.push_back(id); }
    void push(const Node& node) { m_stack.push_back(add(node)); }
    void pushGrowable(const Node& node) {
        countNode();
        push(m_arena->addGrowable(node));
    }
    std::size_t floor() const { return m_marks.empty() ? 0 : m_marks.back(); }
    Id pop() {
        if (m_stack.size() <= floor())
            fail("its stack is empty");
        const Id id = m_stack.back();
        m_stack.pop_back();
        return id;
    }
    Id top() {
        if (m_stack.size() <= floor())
            fail("its stack is empty");
        return m_stack.back();
    }
    std::size_t popMark() {
        if (m_marks.empty())
            fail("a mark is missing");
        const std::size_t mark = m_marks.back();
        m_marks.pop_back();
        return mark;
    }
    const Node& node(Id id) const { return m_arena->node(id); }

    std::size_t size() const { return m_stack.size(); }

    /// Frequent small values share one node.
    Id shared(std::uint64_t value, Id& known, Kind kind) {
        if (known == 0)
            known = add({.kind = kind, .a = value});
        return known;
    }
    void integer(std::int64_t value) {
        if (value >= 0 && value < static_cast<std::int64_t>(m_small.size()))
            push(shared(static_cast<std::uint64_t>(value), m_small[static_cast<std::size_t>(value)],
                        Kind::Integer));
        else
            push(Node{.kind = Kind::Integer, .a = static_cast<std::uint64_t>(value)});
    }
    void longInteger() {
        const std::uint8_t count = byte();
        if (count > 8)
            return bytes(count); // random seeds; no size or shape is that large, so the bytes will do
        std::uint64_t value = 0;
        std::memcpy(&value, m_source.view.data() + take(count), count);
        if (count > 0 && count < 8 && (value >> (8 * count - 1)) & 1)
            value |= ~std::uint64_t{0} << (8 * count); // two's complement
        integer(static_cast<std::int64_t>(value));
    }
    void real() {
        std::uint64_t bits = 0;
        for (int i = 0; i < 8; ++i) // big-endian, alone in this format
            bits = (bits << 8) | byte();
        push(Node{.kind = Kind::Real, .a = bits});
    }
    void text(std::uint64_t count) {
        const std::size_t at = take(count);
        if (!isUtf8(viewAt(at, count)))
            fail("a text is not UTF-8");
        push(Node{.kind = Kind::Text, .a = at, .b = count});
    }
    void bytes(std::uint64_t count) { push(Node{.kind = Kind::Data, .a = take(count), .b = count}); }

    std::string_view line() {
        const std::string_view rest = viewAt(m_at, std::min(remaining(), maxGlobalName + 1));
        const std::size_t end = rest.find('\n');
        if (end == std::string_view::npos)
            fail("a module name is too long or cut off");
        m_at += end + 1;
        return rest.substr(0, end);
    }
    void textGlobal() {
        const std::string_view module = line();
        pushGlobal(module, line());
    }
    void stackGlobal() {
        const Id name = pop();
        const Id module = pop();
        if (node(name).kind != Kind::Text || node(module).kind != Kind::Text)
            fail("a module name is not text");
        pushGlobal(viewAt(node(module).a, node(module).b), viewAt(node(name).a, node(name).b));
    }
    void pushGlobal(std::string_view module, std::string_view name) {
        const AllowedGlobal* found = findGlobal(module, name);
        if (!found)
            refuse(m_options.file, "it asks for the Python object '", printable(module), ".", printable(name),
                   "' (byte ", m_opAt,
                   "), which no StyleGAN2 checkpoint needs. Nothing was executed. The file is of another "
                   "kind or hostile");
        push(Node{.kind = Kind::Global, .global = found->global, .dtype = found->dtype});
    }

    void tuple(std::size_t first) {
        if (first > size() || first < floor()) // wraps around on too small a stack
            fail("its stack is empty");
        countNode();
        const Id id = m_arena->addTuple(std::span(m_stack).subspan(first));
        m_stack.resize(first);
        push(id);
    }
    /// Appends the stack from `first` on to the container below it.
    void appendFrom(std::size_t first, Kind kind) {
        if (first > size() || first == 0 || first - 1 < floor())
            fail("its stack is empty");
        const Id target = m_stack[first - 1];
        if (node(target).kind != kind)
            fail("items are appended to what is not a ", kind == Kind::List ? "list" : "set");
        std::vector<Id>& items = m_arena->growable(target);
        items.insert(items.end(), m_stack.begin() + static_cast<std::ptrdiff_t>(first), m_stack.end());
        m_stack.resize(first);
    }

    bool isHashable(Id id) const {
        const Kind kind = node(id).kind;
        return kind != Kind::List && kind != Kind::Dict && kind != Kind::Set && kind != Kind::Persistent;
    }
    void setEntries(std::size_t first) {
        if (first > size() || first == 0 || first - 1 < floor() || (size() - first) % 2 != 0)
            fail("entries of a dictionary do not come in pairs");
        const Id target = m_stack[first - 1];
        const Node& owner = node(target);
        if (owner.kind != Kind::Dict && !(owner.kind == Kind::Object && mayHaveEntries(owner.global)))
            fail("entries are set on what is not a dictionary");
        for (std::size_t i = first; i < size(); i += 2)
            if (!isHashable(m_stack[i]))
                fail("a list or dictionary is used as a key");
        std::vector<Id>& items = m_arena->growable(target);
        items.insert(items.end(), m_stack.begin() + static_cast<std::ptrdiff_t>(first), m_stack.end());
        m_stack.resize(first);
    }

    void call(bool (*allowed)(Global), const char* verb) {
        const Id arguments = pop();
        const Id callee = pop();
        if (node(callee).kind != Kind::Global || !allowed(node(callee).global) ||
            node(arguments).kind != Kind::Tuple)
            fail("something is ", verb, " that must not be");
        pushGrowable({.kind = Kind::Object, .global = node(callee).global, .arguments = arguments});
    }
    void build() {
        const Id state = pop();
        const Id target = top();
        if (node(target).kind != Kind::Object || !mayHaveState(node(target).global))
            fail("a state is set on what has none");
        m_arena->node(target).state = state;
    }
    void persistent() {
        if (!m_options.allowPersistent)
            fail("it refers to data outside of itself");
        const Id key = pop();
        push(Node{.kind = Kind::Persistent, .arguments = key});
    }

    void popAny() {
        if (size() == floor() && !m_marks.empty())
            m_marks.pop_back(); // Python: POP on a mark removes the mark
        else
            pop();
    }
    void store(std::uint32_t key) {
        if (m_memo.insert_or_assign(key, top()).second)
            countNode();
    }
    void recall(std::uint32_t key) {
        const auto found = m_memo.find(key);
        if (found == m_memo.end())
            fail("it recalls the value ", key, ", which it never stored");
        push(found->second);
    }
    void frame() {
        if (const auto length = number<std::uint64_t>(); length > remaining())
            fail("a frame announces ", length, " bytes, but the file has ", remaining(),
                 ". The file is not complete");
    }

    const Bytes& m_source;
    const Options& m_options;
    std::size_t m_at;
    std::size_t m_opAt = m_at;
    std::shared_ptr<Arena> m_arena;
    std::vector<Id> m_stack;
    std::vector<std::size_t> m_marks;
    std::unordered_map<std::uint32_t, Id> m_memo;
    std::array<Id, 256> m_small{};
    Id m_true = 0, m_false = 0, m_emptyTuple = 0;
};

struct Operation {
    std::uint8_t code;
    void (*run)(Machine&);
};

constexpr Operation operations[] = {
    {'N', [](Machine& m) { m.push(Id{0}); }},                                         // NONE
    {0x88, [](Machine& m) { m.push(m.shared(1, m.m_true, Kind::Bool)); }},            // NEWTRUE
    {0x89, [](Machine& m) { m.push(m.shared(0, m.m_false, Kind::Bool)); }},           // NEWFALSE
    {'J', [](Machine& m) { m.integer(m.number<std::int32_t>()); }},                   // BININT
    {'K', [](Machine& m) { m.integer(m.byte()); }},                                   // BININT1
    {'M', [](Machine& m) { m.integer(m.number<std::uint16_t>()); }},                  // BININT2
    {0x8a, [](Machine& m) { m.longInteger(); }},                                      // LONG1
    {'G', [](Machine& m) { m.real(); }},                                              // BINFLOAT
    {0x8c, [](Machine& m) { m.text(m.byte()); }},                                     // SHORT_BINUNICODE
    {'X', [](Machine& m) { m.text(m.number<std::uint32_t>()); }},                     // BINUNICODE
    {0x8d, [](Machine& m) { m.text(m.number<std::uint64_t>()); }},                    // BINUNICODE8
    {'C', [](Machine& m) { m.bytes(m.byte()); }},                                     // SHORT_BINBYTES
    {'B', [](Machine& m) { m.bytes(m.number<std::uint32_t>()); }},                    // BINBYTES
    {0x8e, [](Machine& m) { m.bytes(m.number<std::uint64_t>()); }},                   // BINBYTES8
    {']', [](Machine& m) { m.pushGrowable({.kind = Kind::List}); }},                  // EMPTY_LIST
    {'}', [](Machine& m) { m.pushGrowable({.kind = Kind::Dict}); }},                  // EMPTY_DICT
    {0x8f, [](Machine& m) { m.pushGrowable({.kind = Kind::Set}); }},                  // EMPTY_SET
    {')', [](Machine& m) { m.push(m.shared(0, m.m_emptyTuple, Kind::Tuple)); }},      // EMPTY_TUPLE
    {'c', [](Machine& m) { m.textGlobal(); }},                                        // GLOBAL
    {0x93, [](Machine& m) { m.stackGlobal(); }},                                      // STACK_GLOBAL
    {0x85, [](Machine& m) { m.tuple(m.size() - 1); }},                                // TUPLE1
    {0x86, [](Machine& m) { m.tuple(m.size() - 2); }},                                // TUPLE2
    {0x87, [](Machine& m) { m.tuple(m.size() - 3); }},                                // TUPLE3
    {'t', [](Machine& m) { m.tuple(m.popMark()); }},                                  // TUPLE
    {'a', [](Machine& m) { m.appendFrom(m.size() - 1, Kind::List); }},                // APPEND
    {'e', [](Machine& m) { m.appendFrom(m.popMark(), Kind::List); }},                 // APPENDS
    {0x90, [](Machine& m) { m.appendFrom(m.popMark(), Kind::Set); }},                 // ADDITEMS
    {'s', [](Machine& m) { m.setEntries(m.size() - 2); }},                            // SETITEM
    {'u', [](Machine& m) { m.setEntries(m.popMark()); }},                             // SETITEMS
    {'R', [](Machine& m) { m.call(mayBeCalled, "called"); }},                         // REDUCE
    {0x81, [](Machine& m) { m.call(mayBeMade, "made"); }},                            // NEWOBJ
    {'b', [](Machine& m) { m.build(); }},                                             // BUILD
    {'Q', [](Machine& m) { m.persistent(); }},                                        // BINPERSID
    {'(', [](Machine& m) { m.m_marks.push_back(m.size()); }},                         // MARK
    {'0', [](Machine& m) { m.popAny(); }},                                            // POP
    {'1', [](Machine& m) { m.m_stack.resize(m.popMark()); }},                         // POP_MARK
    {'2', [](Machine& m) { m.push(m.top()); }},                                       // DUP
    {0x94, [](Machine& m) { m.store(static_cast<std::uint32_t>(m.m_memo.size())); }}, // MEMOIZE
    {'q', [](Machine& m) { m.store(m.byte()); }},                                     // BINPUT
    {'r', [](Machine& m) { m.store(m.number<std::uint32_t>()); }},                    // LONG_BINPUT
    {'h', [](Machine& m) { m.recall(m.byte()); }},                                    // BINGET
    {'j', [](Machine& m) { m.recall(m.number<std::uint32_t>()); }},                   // LONG_BINGET
    {0x95, [](Machine& m) { m.frame(); }},                                            // FRAME
};

constexpr auto operationTable = [] {
    std::array<void (*)(Machine&), 256> table{};
    for (const Operation& operation : operations)
        table[operation.code] = operation.run;
    return table;
}();

Document Machine::run() {
    if (byte() != protocolOp)
        fail("it does not begin with a protocol number");
    if (const std::uint8_t protocol = byte(); protocol < 2 || protocol > 5)
        fail("its protocol is ", static_cast<int>(protocol), ", expected 2 to 5");
    while (true) {
        m_opAt = m_at;
        if (m_options.budget.operations == 0)
            fail("it has far more operations than any published model");
        --m_options.budget.operations;
        const std::uint8_t code = byte();
        if (code == stopOp)
            return {{m_arena, pop()}, m_at};
        if (!operationTable[code])
            fail("operation 0x", hex(code), " is not one that model files use");
        operationTable[code](*this);
    }
}

} // namespace

Document read(const Bytes& source, std::size_t start, const Options& options) {
    return Machine(source, start, options).run();
}

} // namespace cameo::checkpoint::pickle
