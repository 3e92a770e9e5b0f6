# SPDX-License-Identifier: Apache-2.0
# Every library the rooms link, under one name each. Debian's packages but for Arrow and DuckDB.
find_package(Threads REQUIRED)
find_package(PkgConfig REQUIRED)
find_package(fmt REQUIRED)
find_package(spdlog REQUIRED)
find_package(ZLIB REQUIRED)
find_package(SQLite3 REQUIRED)
find_package(nlohmann_json REQUIRED)
find_package(CLI11 REQUIRED)
find_package(yaml-cpp REQUIRED)
find_package(Boost 1.81 REQUIRED)
find_package(mimalloc REQUIRED)
pkg_check_modules(zstd REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(nghttp2 REQUIRED IMPORTED_TARGET libnghttp2)
pkg_check_modules(simdjson REQUIRED IMPORTED_TARGET simdjson)
pkg_check_modules(xxhash REQUIRED IMPORTED_TARGET libxxhash)
if(NOT WEIR_FUZZ)
  find_package(GTest REQUIRED)
  find_package(benchmark REQUIRED)
endif()

# Arrow and Parquet come as shared libraries inside the pyarrow wheel that `./dev` unpacks.
if(NOT WEIR_ARROW_ROOT)
  message(FATAL_ERROR "WEIR_ARROW_ROOT is not set: build with ./dev build, which brings Arrow")
endif()
add_library(weir_arrow SHARED IMPORTED GLOBAL)
set_target_properties(weir_arrow PROPERTIES
  IMPORTED_LOCATION ${WEIR_ARROW_ROOT}/libarrow.so.2600
  INTERFACE_INCLUDE_DIRECTORIES ${WEIR_ARROW_ROOT}/include)
add_library(weir::arrow ALIAS weir_arrow)
add_library(weir_parquet SHARED IMPORTED GLOBAL)
set_target_properties(weir_parquet PROPERTIES
  IMPORTED_LOCATION ${WEIR_ARROW_ROOT}/libparquet.so.2600
  INTERFACE_INCLUDE_DIRECTORIES ${WEIR_ARROW_ROOT}/include
  INTERFACE_LINK_LIBRARIES weir_arrow)
add_library(weir::parquet ALIAS weir_parquet)

# DuckDB's library comes in its npm package, the headers of that very version in its source distribution.
if(NOT WEIR_DUCKDB_ROOT)
  message(FATAL_ERROR "WEIR_DUCKDB_ROOT is not set: build with ./dev build, which brings DuckDB")
endif()
add_library(weir_duckdb SHARED IMPORTED GLOBAL)
set_target_properties(weir_duckdb PROPERTIES
  IMPORTED_LOCATION ${WEIR_DUCKDB_ROOT}/libduckdb.so
  INTERFACE_INCLUDE_DIRECTORIES ${WEIR_DUCKDB_ROOT}/include)
add_library(weir::duckdb ALIAS weir_duckdb)
