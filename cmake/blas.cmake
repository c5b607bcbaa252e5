# The BLAS behind matrix products, and a LAPACK beside it for eigenvalues: XGRAD_BLAS names it. `any` is what CMake finds
# first (BLA_VENDOR names others still); `none` takes loops of the library's own and has no eigenvalues.
set(XGRAD_BLAS any CACHE STRING "The BLAS library: any, OpenBLAS, BLIS, MKL, or none for loops of the library's own")
set_property(CACHE XGRAD_BLAS PROPERTY STRINGS any OpenBLAS BLIS MKL none)

# As FindBLAS and FindLAPACK call it, the linker's words for both, and Debian's packages.
set(blas_of_OpenBLAS OpenBLAS OpenBLAS "-lopenblas" "libopenblas-dev")
set(blas_of_BLIS FLAME Generic "-llapack -lblis" "libblis-dev liblapack-dev")  # it has no LAPACK of its own
set(blas_of_MKL Intel10_64lp_seq Intel10_64lp_seq "-lmkl_intel_lp64 -lmkl_sequential -lmkl_core -ldl" "intel-mkl")
set(blas_of_any "${BLA_VENDOR}" "${BLA_VENDOR}" "-llapack -lblas" "libopenblas-dev")

if(DEFINED blas_of_${XGRAD_BLAS})
  list(GET blas_of_${XGRAD_BLAS} 0 XGRAD_BLAS_VENDOR)
  list(GET blas_of_${XGRAD_BLAS} 1 XGRAD_LAPACK_VENDOR)
  list(GET blas_of_${XGRAD_BLAS} 2 XGRAD_BLAS_LINK)
  list(GET blas_of_${XGRAD_BLAS} 3 blas_packages)
elseif(NOT XGRAD_BLAS STREQUAL "none")
  message(FATAL_ERROR "XGRAD_BLAS is \"${XGRAD_BLAS}\"; it may be any, OpenBLAS, BLIS, MKL or none")
endif()

# What is found for one name must not pass for another.
if(DEFINED XGRAD_BLAS_FOUND_FOR AND NOT XGRAD_BLAS STREQUAL XGRAD_BLAS_FOUND_FOR)
  get_cmake_property(cached CACHE_VARIABLES)
  list(FILTER cached INCLUDE REGEX "^(BLAS|LAPACK)_.*_LIBRARY$|^(BLAS|LAPACK)_WORKS|^(BLAS|LAPACK)_LIBRARIES$")
  foreach(variable IN LISTS cached)
    unset(${variable} CACHE)
  endforeach()
endif()
set(XGRAD_BLAS_FOUND_FOR ${XGRAD_BLAS} CACHE INTERNAL "")

if(NOT XGRAD_BLAS STREQUAL "none")
  set(users_vendor "${BLA_VENDOR}")
  set(BLA_VENDOR ${XGRAD_BLAS_VENDOR})
  find_package(BLAS)
  set(blas_libraries ${BLAS_LIBRARIES})
  if(BLAS_FOUND)
    set(BLA_VENDOR ${XGRAD_LAPACK_VENDOR})
    find_package(LAPACK)
  endif()
  set(BLAS_LIBRARIES ${blas_libraries})  # FindLAPACK looks for BLAS again
  set(BLA_VENDOR ${users_vendor})
  foreach(library IN ITEMS BLAS LAPACK)
    if(NOT ${library}_FOUND)
      message(FATAL_ERROR "XGRAD_BLAS is ${XGRAD_BLAS}, but no such ${library} library is found: install it "
                          "(Debian: apt-get install ${blas_packages}), name its folder by -DCMAKE_LIBRARY_PATH=…, or do "
                          "without by -DXGRAD_BLAS=none")
    endif()
  endforeach()
  message(STATUS "Matrix products by ${BLAS_LIBRARIES}")
endif()
