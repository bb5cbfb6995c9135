// SPDX-License-Identifier: Apache-2.0
// The main function of tests that open windows: without a display they skip, and CTest shows it. Header only.
#pragma once

#include <QApplication>
#include <QTest>

#include <cstdio>
#include <cstdlib>

#define CAMEO_UI_TEST_MAIN(TestClass)                                                                        \
    int main(int argc, char** argv) {                                                                        \
        if (const char* display = std::getenv("DISPLAY"); !display || !*display) {                           \
            std::puts("SKIP   : " #TestClass                                                                 \
                      ": no display, run under xvfb-run -a -s \"-screen 0 1600x1000x24\"");                  \
            return 0;                                                                                        \
        }                                                                                                    \
        QApplication application(argc, argv);                                                                \
        TestClass test;                                                                                      \
        return QTest::qExec(&test, argc, argv);                                                              \
    }
