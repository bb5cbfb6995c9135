// SPDX-License-Identifier: Apache-2.0
#include "core/base/json.h"
#include "tests/support/expect_failure.h"

#include <QTest>
#include <cmath>
#include <limits>

using namespace cameo;

class TestJson : public QObject {
    Q_OBJECT
  private Q_SLOTS:
    void textIsIdentity_data();
    void textIsIdentity();
    void parses();
    void refuses_data();
    void refuses();
    void depthIsBounded();
    void numbersReadBackTheSame();
    void strings();
    void objects();
    void wrongTypesAreNamed();
    void indents();
};

void TestJson::textIsIdentity_data() {
    QTest::addColumn<QString>("text");
    for (const char* text :
         {"null", "true", "false", "0", "-1", "9223372036854775807", "-9223372036854775808", "0.1", "1e+300",
          "-2.5e-08", "\"\"", "\"a\\\"b\\\\c\\nd\\u0001\"", "[]", "{}", "[1,[2,[3,{}]],null]",
          "{\"b\":1,\"a\":{\"c\":[true]}}", "\"Grüße 日本 😀\"", "3.0"})
        QTest::newRow(text) << QString::fromUtf8(text);
}

void TestJson::textIsIdentity() {
    QFETCH(QString, text);
    QCOMPARE(Json::parse(text.toStdString()).dump(), text.toStdString());
    QVERIFY(Json::parse(Json::parse(text.toStdString()).dump(2)) == Json::parse(text.toStdString()));
}

void TestJson::parses() {
    QVERIFY(Json::parse(" \t\r\n[ 1 , 2 ]\n") == Json::array({1, 2}));
    QCOMPARE(Json::parse("\"\\u00e4\\/\\b\\f\\r\\t\"").asString(), std::string("ä/\b\f\r\t"));
    QCOMPARE(Json::parse("\"\\ud83d\\ude00\"").asString(), std::string("😀"));
    QCOMPARE(Json::parse("1E2").asDouble(), 100.0);
    QCOMPARE(Json::parse("1E2").asInteger(), std::int64_t{100});
    QVERIFY(!Json::parse("1.0").isInteger() && Json::parse("1").isInteger());
    QCOMPARE(Json::parse("18446744073709551616").asDouble(),
             18446744073709551616.0); // too large for an integer
    Json::ParseOptions options;
    options.allowDuplicateKeys = true;
    QCOMPARE(Json::parse("{\"a\":1,\"a\":2}", options).asObject().size(), std::size_t{2});
}

void TestJson::refuses_data() {
    QTest::addColumn<QByteArray>("text");
    for (const char* text : {"",
                             " ",
                             "nul",
                             "tru",
                             "nulll",
                             "[1,]",
                             "[1 2]",
                             "[",
                             "]",
                             "{",
                             "{\"a\"}",
                             "{\"a\":}",
                             "{\"a\":1,}",
                             "{a:1}",
                             "{1:2}",
                             "{\"a\":1,\"a\":2}",
                             "\"",
                             "\"\\x\"",
                             "\"\\u12\"",
                             "\"\\u12g4\"",
                             "\"\\ud800\"",
                             "\"\\udc00\"",
                             "\"\\ud800\\u0041\"",
                             "\"\\ud800x\"",
                             "\"\t\"",
                             "\"a\nb\"",
                             "01",
                             "-01",
                             "1.",
                             ".5",
                             "+1",
                             "-",
                             "1e",
                             "1e+",
                             "1e999",
                             "--1",
                             "0x10",
                             "NaN",
                             "Infinity",
                             "1 2",
                             "[] x",
                             "// c",
                             "\"\xff\"",
                             "\"\xc0\xaf\"",
                             "\"\xed\xa0\x80\"",
                             "\"\xf4\x90\x80\x80\"",
                             "\"\xe2\x82\"",
                             "\xef\xbb\xbf{}"})
        QTest::newRow(text) << QByteArray(text);
}

void TestJson::refuses() {
    QFETCH(QByteArray, text);
    CAMEO_VERIFY_FAILURE(Json::parse(text.toStdString()), ErrorCode::InvalidArgument, "JSON at byte");
}

void TestJson::depthIsBounded() {
    const auto nested = [](int depth) { return std::string(depth, '[') + std::string(depth, ']'); };
    QVERIFY(Json::parse(nested(64)).isArray());
    CAMEO_VERIFY_FAILURE(Json::parse(nested(70)), ErrorCode::InvalidArgument, "64 deep");
    CAMEO_VERIFY_FAILURE(Json::parse(std::string(1'000'000, '[')), ErrorCode::InvalidArgument, "64 deep");
    CAMEO_VERIFY_FAILURE(Json::parse(nested(3), {.maxDepth = 1}), ErrorCode::InvalidArgument, "1 deep");
}

void TestJson::numbersReadBackTheSame() {
    double value = 0.1;
    for (int i = 0; i < 2000; ++i) {
        value = std::sin(i * 78.233) * std::pow(10.0, i % 60 - 30);
        const Json back = Json::parse(Json(value).dump());
        QVERIFY(back.asDouble() == value && !back.isInteger());
    }
    for (const double extreme : {std::numeric_limits<double>::max(),
                                 std::numeric_limits<double>::denorm_min(), 0.0, -0.0, 1e15, 123456789.0})
        QVERIFY(Json::parse(Json(extreme).dump()) == Json(extreme));
    QCOMPARE(Json(std::nan("")).dump(), std::string("null"));
    QCOMPARE(Json(-std::numeric_limits<double>::infinity()).dump(), std::string("null"));
}

void TestJson::strings() {
    std::string all;
    for (int c = 1; c < 128; ++c)
        all += static_cast<char>(c);
    all += std::string("\0x", 2) + "é€😀";
    QCOMPARE(Json::parse(Json(all).dump()).asString(), all);
    // A name that is no UTF-8 must not make the whole text unreadable.
    QCOMPARE(Json::parse(Json(std::string("a\xff") + "b").dump()).asString(),
             std::string("a\xef\xbf\xbd") + "b");
}

void TestJson::objects() {
    Json json;
    json.set("z", 1).set("a", "x").set("z", 2);
    QCOMPARE(json.dump(), std::string("{\"z\":2,\"a\":\"x\"}")); // the order stays
    QCOMPARE(json.at("z").asInteger(), std::int64_t{2});
    QVERIFY(json.find("none") == nullptr && Json(3).find("a") == nullptr);
    CAMEO_VERIFY_FAILURE(json.at("none"), ErrorCode::InvalidArgument, "'none'");
    Json list;
    list.append(1).append(Json());
    QCOMPARE(list.dump(), std::string("[1,null]"));
}

void TestJson::wrongTypesAreNamed() {
    CAMEO_VERIFY_FAILURE(Json(1).asString(), ErrorCode::InvalidArgument, "expected a string");
    CAMEO_VERIFY_FAILURE(Json("1").asDouble(), ErrorCode::InvalidArgument, "expected a number");
    CAMEO_VERIFY_FAILURE(Json(1.5).asInteger(), ErrorCode::InvalidArgument, "whole number");
    CAMEO_VERIFY_FAILURE(Json(1e300).asInteger(), ErrorCode::InvalidArgument, "whole number");
    CAMEO_VERIFY_FAILURE(Json().asArray(), ErrorCode::InvalidArgument, "an array");
    CAMEO_VERIFY_FAILURE(Json().asObject(), ErrorCode::InvalidArgument, "an object");
    CAMEO_VERIFY_FAILURE(Json(0).asBool(), ErrorCode::InvalidArgument, "true or false");
}

void TestJson::indents() {
    const Json json = Json::parse("{\"a\":[1,2],\"b\":{\"c\":null},\"d\":{}}");
    QCOMPARE(json.dump(2),
             std::string("{\n  \"a\": [1, 2],\n  \"b\": {\n    \"c\": null\n  },\n  \"d\": {}\n}"));
}

QTEST_APPLESS_MAIN(TestJson)
#include "test_json.moc"
