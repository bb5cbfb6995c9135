# SPDX-License-Identifier: Apache-2.0
# One place for compiler options, third-party targets and the functions that declare a folder's target or a test.

set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_POSITION_INDEPENDENT_CODE ON)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)
if(NOT CMAKE_BUILD_TYPE)
    set(CMAKE_BUILD_TYPE RelWithDebInfo CACHE STRING "" FORCE)
endif()

find_program(CAMEO_CCACHE ccache)
if(CAMEO_CCACHE AND NOT CMAKE_CXX_COMPILER_LAUNCHER)
    # The sloppiness must hold at build time too: without it no file that uses a precompiled header is cached.
    set(CMAKE_CXX_COMPILER_LAUNCHER ${CMAKE_COMMAND} -E env
        CCACHE_SLOPPINESS=pch_defines,time_macros,include_file_mtime,include_file_ctime ${CAMEO_CCACHE})
endif()

# Files that include LibTorch take about 1 GB each.
set(CAMEO_TORCH_JOBS 2 CACHE STRING "Files that include LibTorch to compile at a time (Ninja only)")
set_property(GLOBAL PROPERTY JOB_POOLS torch=${CAMEO_TORCH_JOBS})

add_library(cameo_options INTERFACE)
# Designated initialisers name what differs from the default: the rest is meant to be left out.
target_compile_options(cameo_options INTERFACE -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor
    -Wno-missing-field-initializers
    # gcc 12 at -O3 sees uninitialised members in moved-from variants and overlapping copies in "text" + string (its
    # bug 105651) where there are none.
    -Wno-maybe-uninitialized -Wno-restrict $<$<BOOL:${CAMEO_WERROR}>:-Werror>)
target_compile_definitions(cameo_options INTERFACE $<$<CONFIG:Debug>:_GLIBCXX_ASSERTIONS>)
target_include_directories(cameo_options INTERFACE ${PROJECT_SOURCE_DIR})
if(CAMEO_SANITIZE)
    target_compile_options(cameo_options INTERFACE -fsanitize=${CAMEO_SANITIZE} -fno-omit-frame-pointer)
    target_link_options(cameo_options INTERFACE -fsanitize=${CAMEO_SANITIZE})
endif()
if(CAMEO_FUZZ)
    target_compile_options(cameo_options INTERFACE -fsanitize=fuzzer-no-link,address,undefined -g)
    target_link_options(cameo_options INTERFACE -fsanitize=address,undefined)
endif()
find_package(Threads REQUIRED)
target_link_libraries(cameo_options INTERFACE Threads::Threads)

if(CAMEO_TORCH)
    add_library(cameo_torch INTERFACE)
    if(CAMEO_TORCH_WHEEL)
        include(TorchWheel)
        target_link_libraries(cameo_torch INTERFACE cameo_torch_wheel)
    else()
        find_package(Torch REQUIRED)
        target_link_libraries(cameo_torch INTERFACE torch)
    endif()
    # at::parallel_for is inline: it uses one core unless the file that calls it is compiled with OpenMP as well.
    find_package(OpenMP COMPONENTS CXX)
    if(OpenMP_CXX_FOUND)
        target_link_libraries(cameo_torch INTERFACE OpenMP::OpenMP_CXX)
    endif()
endif()

if(CAMEO_DESKTOP OR CAMEO_TESTS)
    find_package(Qt6 6.4 QUIET COMPONENTS Core Gui Widgets OpenGL OpenGLWidgets Svg Test)
endif()
if(Qt6_FOUND)
    add_library(cameo_qt_options INTERFACE)
    target_compile_definitions(cameo_qt_options INTERFACE QT_NO_KEYWORDS QT_NO_CAST_FROM_ASCII QT_NO_CAST_TO_ASCII
        QT_NO_CAST_FROM_BYTEARRAY QT_STRICT_ITERATORS QT_DISABLE_DEPRECATED_BEFORE=0x060400)
endif()

# cameo_add_library(NAME SOURCES a.cpp ... DEPENDS cameo_base ... PRIVATE_DEPENDS torch-like ...)
# One folder, one target, one layer. Sources are listed, never globbed.
function(cameo_add_library name)
    cmake_parse_arguments(ARG "TORCH" "" "SOURCES;DEPENDS;PRIVATE_DEPENDS" ${ARGN})
    add_library(${name} STATIC ${ARG_SOURCES})
    target_link_libraries(${name} PUBLIC cameo_options ${ARG_DEPENDS} PRIVATE ${ARG_PRIVATE_DEPENDS})
    if(ARG_TORCH)
        target_link_libraries(${name} PUBLIC cameo_torch)
        set_property(TARGET ${name} PROPERTY JOB_POOL_COMPILE torch)
        if(CAMEO_PCH)
            if(name STREQUAL "cameo_net")
                target_precompile_headers(${name} PRIVATE ${PROJECT_SOURCE_DIR}/core/net/torch.h)
            else()
                target_precompile_headers(${name} REUSE_FROM cameo_net)
            endif()
        endif()
    endif()
endfunction()

# cameo_add_test(NAME SOURCES test_x.cpp DEPENDS cameo_x LABELS unit [TIMEOUT seconds] [ENVIRONMENT A=b ...])
# A QtTest executable. QSKIP is reported by CTest as "Skipped", so that no skip goes unseen.
function(cameo_add_test name)
    cmake_parse_arguments(ARG "" "TIMEOUT" "SOURCES;DEPENDS;LABELS;ENVIRONMENT" ${ARGN})
    if(NOT ARG_TIMEOUT)
        set(ARG_TIMEOUT 120)
    endif()
    add_executable(${name} ${ARG_SOURCES})
    set_target_properties(${name} PROPERTIES AUTOMOC ON)
    target_link_libraries(${name} PRIVATE cameo_options cameo_qt_options ${ARG_DEPENDS} Qt6::Test)
    target_compile_definitions(${name} PRIVATE CAMEO_SOURCE_DIR="${PROJECT_SOURCE_DIR}"
        CAMEO_BINARY_DIR="${PROJECT_BINARY_DIR}")
    add_test(NAME ${name} COMMAND ${name})
    if(CAMEO_SANITIZE MATCHES thread)
        list(APPEND ARG_ENVIRONMENT "TSAN_OPTIONS=suppressions=${PROJECT_SOURCE_DIR}/tests/support/qt.tsan")
    endif()
    set_tests_properties(${name} PROPERTIES LABELS "${ARG_LABELS}" TIMEOUT ${ARG_TIMEOUT}
        SKIP_REGULAR_EXPRESSION "SKIP   :" ENVIRONMENT "${ARG_ENVIRONMENT}")
endfunction()
